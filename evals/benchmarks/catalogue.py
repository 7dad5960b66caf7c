"""The benchmarks there are: what each measures, the files it reads, and where these are to be had, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib import import_module

from evals.benchmarks.job import Job, Result
from evals.errors import EvalError

EXTRA = frozenset({"ir_measures", "scipy", "sklearn"})
"""What a benchmark may need beyond what answering needs."""


class UnknownBenchmark(EvalError):
    """A name that no benchmark has."""


class NotInstalled(EvalError):
    """A benchmark that needs what is not installed."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark by its name; `module` of this package runs it. `writes`: a model that writes changes what it says."""

    name: str
    measures: str
    files: tuple[str, ...]
    found: str
    module: str
    writes: bool = False


CATALOGUE = (
    Benchmark(
        "clapnq",
        "search, choice of sentences, abstention",
        ("clapnq/clapnq_dev_answerable.jsonl", "clapnq/clapnq_dev_unanswerable.jsonl"),
        "CLAP NQ, the annotated dev data of the project primeqa/clapnq",
        "clapnq",
    ),
    Benchmark(
        "ramdocs",
        "sources that disagree, ambiguity, misinformation",
        ("ramdocs/ramdocs.jsonl",),
        "RAMDocs, the test file of the project HanNight/RAMDocs, with an id for each line",
        "ramdocs",
        writes=True,
    ),
    Benchmark(
        "wice",
        "is a claim supported by an article",
        ("wice/claims_dev.jsonl",),
        "WiCE, the dev claims of the project ryokamoi/wice; held-out figures need RAGTruth beside it",
        "wice",
    ),
    Benchmark(
        "ragtruth",
        "unsupported sentences of models' answers",
        ("ragtruth/ragtruth_qa.jsonl", "ragtruth/ragtruth_summary.jsonl"),
        "RAGTruth, as the project vectara/FaithJudge ships it; held-out figures need WiCE beside it",
        "ragtruth",
    ),
    Benchmark(
        "mtrag_un",
        "follow-up questions, abstention in conversations",
        ("mtrag_un/reference.jsonl",),
        "MTRAG-UN, the generation tasks of the project IBM/mt-rag-benchmark",
        "mtrag_un",
        writes=True,
    ),
    Benchmark(
        "bipia",
        "instructions planted in documents",
        ("bipia/text_attacks.jsonl",),
        "BIPIA, the text attacks of the project microsoft/BIPIA, one object with kind and text a line",
        "bipia",
        writes=True,
    ),
    Benchmark(
        "multihop-rag",
        "search for evidence spread over articles",
        ("multihop-rag/corpus.json", "multihop-rag/MultiHopRAG.json"),
        "MultiHop-RAG, the two files of the data set yixuantt/MultiHopRAG",
        "multihop_rag",
    ),
    Benchmark(
        "realtimeqa",
        "questions on last week's news, abstention",
        ("realtimeqa/*_qa.jsonl", "realtimeqa/*_gcs.jsonl"),
        "RealTime QA, any weeks of the folder past of the project realtimeqa/realtimeqa_public",
        "realtimeqa",
        writes=True,
    ),
    Benchmark(
        "beir:NAME",
        "search, on any set in the form of BEIR",
        ("NAME/corpus.jsonl", "NAME/queries.jsonl", "NAME/qrels/test.tsv"),
        "any set of BEIR, or a team's own in the same three files",
        "beir",
    ),
)


def find(name: str) -> tuple[Benchmark, str]:
    """The benchmark of that name, and what stands after its colon. Raises UnknownBenchmark, naming the nearest."""
    first, _, part = name.partition(":")
    known = {each.name.partition(":")[0]: each for each in CATALOGUE}
    if first not in known:
        near = get_close_matches(first, known, n=1, cutoff=0.5)
        meant = f"did you mean {known[near[0]].name}?" if near else f"there are {', '.join(known)}"
        raise UnknownBenchmark(f"there is no benchmark {name}; {meant}")
    takes = ":" in known[first].name
    if takes != bool(part):
        raise UnknownBenchmark(
            f"{first} needs the name of a set, as {first}:scifact"
            if takes
            else f"{first} takes nothing after its name; leave :{part} out"
        )
    return known[first], part


def run(name: str, job: Job) -> Result:
    """Runs a benchmark. Raises UnknownBenchmark, InvalidData, or NotInstalled where what it measures with is not."""
    benchmark, part = find(name)
    with _installed(benchmark):
        result: Result = import_module(f"evals.benchmarks.{benchmark.module}").run(replace(job, part=part))
    return result


@contextmanager
def _installed(benchmark: Benchmark) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        raise NotInstalled(
            f"{benchmark.name} measures with {missing}, which is not installed; run `make setup-dev`, or "
            "`pip install 'onrecord[bench]'`"
        ) from error
