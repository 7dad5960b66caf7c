// The jobs that this page has begun or found at work, followed one after another as the server does them: many open
// streams would leave the browser no connection for anything else.

import { announce } from "./library-announcer.js";
import { number } from "./library-figures.js";
import { Job } from "./library-job.js";
import { Failure, fetched, json, told } from "./server.js";
import { eventsOf } from "./shared/sse.js";
import { count, say } from "./words.js";

const PATH = "/api/v1/library/jobs";
const TRIES = 5;
const PAUSE = 2000;
const KEPT = 30;
const OVER = ["done", "failed"];

export class Jobs {
  #parts;
  #heard;
  #followed = new Set();
  #queue = [];
  #ended = [];
  #isRunning = false;

  // `parts`: section, list and template. `heard.ended(isOther)` is called when nothing is at work any more; `isOther`
  // says that the library may be another than the page shows.
  constructor(parts, heard) {
    this.#parts = parts;
    this.#heard = heard;
  }

  // Show the job `id` until it ends. `done(failure)` hears of its end, null where it was done, and says whether the page
  // shows what came of it.
  follow(id, what, done = () => false) {
    if (!this.#followed.has(id)) {
      this.#followed.add(id);
      this.#queue.push({ id, job: this.#shown(what), done });
      this.#run();
    }
  }

  // Something that was refused before it became a job.
  refused(what, sentence) {
    const job = this.#shown(what);
    job.end(sentence);
    this.#ended.push(job);
    this.#tell();
  }

  // Those that were at work before this page was opened.
  async recall() {
    const { jobs } = await json(PATH);
    for (const each of jobs.filter(({ state }) => !OVER.includes(state))) {
      this.follow(each.id, doing(each.kind, each.name));
    }
  }

  clear() {
    this.#parts.list.querySelectorAll(".ended").forEach((each) => each.remove());
    this.#parts.section.hidden = !this.#parts.list.firstChild;
  }

  #shown(what) {
    const { section, list, template } = this.#parts;
    const job = new Job(what, template);
    section.hidden = false;
    list.append(job.element);
    const ended = list.querySelectorAll(".ended");
    [...ended].slice(0, Math.max(0, list.children.length - KEPT)).forEach((each) => each.remove());
    return job;
  }

  async #run() {
    if (this.#isRunning) {
      return;
    }
    this.#isRunning = true;
    let isOther = false;
    while (this.#queue.length) {
      const { id, job, done } = this.#queue.shift();
      const failure = await outcome(id, job);
      job.end(failure);
      this.#ended.push(job);
      isOther = !done(failure) || isOther;
    }
    this.#isRunning = false;
    this.#heard.ended(isOther);
    this.#tell();
  }

  // One sentence for all that ended since the last.
  #tell() {
    if (this.#isRunning || !this.#ended.length) {
      return;
    }
    const ended = this.#ended.splice(0);
    announce(ended.length === 1 ? ended[0].said : summary(ended));
  }
}

// Follow one job to its end; a stream that breaks is taken up again. Gives why it could not be done, null where it was.
async function outcome(id, job) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await streamed(id, job);
    } catch (failure) {
      if (failure.kind !== "offline" || tries === TRIES) {
        return told(failure);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

async function streamed(id, job) {
  const response = await fetched(`${PATH}/${id}`, { accept: "text/event-stream" });
  let end = null;
  job.begin();
  for await (const { name, data } of eventsOf(response)) {
    const told = JSON.parse(data);
    if (name === "progress") {
      job.progress(told);
    } else if (name === "file") {
      job.file(told);
    } else if (name === "end") {
      end = told;
    }
  }
  // A server that stops ends the stream of a job that is not over, and a proxy ends any in good order.
  if (!OVER.includes(end?.state)) {
    throw new Failure("offline");
  }
  job.counted(end.counts);
  return end.reason;
}

// One sentence for several jobs.
function summary(jobs) {
  const amiss = jobs.filter((job) => job.isAmiss);
  const well = jobs.length - amiss.length;
  const done = well ? [count("libraryJobsDone", well, { n: number(well) })] : [];
  return [...done, ...amiss.map((job) => job.said)].join(" ");
}

const DOING = {
  files: "libraryAdding",
  urls: "libraryAdding",
  remove: "libraryRemovingOf",
  restore: "libraryRestoringOf",
};

function doing(kind, name) {
  return DOING[kind] ? say(DOING[kind], { name }) : say("librarySyncing");
}
