"""Below a finished answer, in gradio: was it right, and if not, what is wrong. Import this only to serve.

The browser sends a verdict and some words. What they are about, the server remembers itself.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from index.errors import OnRecordError
from index.feedback import LONGEST_COMMENT, Verdict
from ui import rating
from ui.answerer import Answerer
from ui.caller import principal_of
from ui.failures import sentence
from ui.rating import Told
from ui.render import remark

PRESSED = ["given"]
"""The class of the button whose verdict stands; the page tells a screen reader so."""
THANKS = "Thank you. It is kept for whoever looks after the answers."
FORGOTTEN = "This answer is no longer at hand here, so nothing was kept; ask again to judge it."


class Thumbs:
    """The row below the newest answer. `told` is what that answer told, None while there is none to judge."""

    def __init__(self, answerer: Answerer, kept_seconds: int) -> None:
        self.answerer = answerer
        self.told = gr.State(None, time_to_live=kept_seconds)
        with gr.Column(elem_id="rating", visible=False) as self.row:
            with gr.Row(elem_id="verdicts"):
                self.up = gr.Button("Helpful", elem_id="helpful")
                self.down = gr.Button("Not right", elem_id="not-right")
                self.heard = gr.Markdown(elem_id="heard", latex_delimiters=[])
            with gr.Column(elem_id="wrong", visible=False) as self.box:
                self._lay_out_box()

    def _lay_out_box(self) -> None:
        self.words = gr.Textbox(
            label="What is wrong or missing?",
            info="Optional, and never shown to other readers.",
            lines=3,
            max_lines=8,
            max_length=LONGEST_COMMENT,
            elem_id="words",
        )
        with gr.Row(elem_id="sending"):
            self.send = gr.Button("Send", elem_id="send")
            self.cancel = gr.Button("Cancel", elem_id="cancel")

    @property
    def components(self) -> list[Any]:
        """All that a question and a verdict change here."""
        return [self.told, self.row, self.up, self.down, self.heard, self.box, self.words]

    def connect(self, options: dict[str, Any]) -> None:
        """Let the buttons do what they say; `options` are those of every event of the page."""
        self.up.click(self.judge_helpful, [self.told], self.components, **options)
        self.down.click(self.ask_why, None, [self.box, self.heard], **options)
        self.send.click(self.judge_not_right, [self.told, self.words], self.components, **options)
        self.cancel.click(self.leave, None, [self.box], **options)

    def away(self) -> dict[Any, Any]:
        """Nothing to judge: while a question is answered, and where no answer came."""
        return {
            self.told: None,
            self.row: gr.update(visible=False),
            self.words: gr.update(value=""),
            self.heard: "",
            **self._pressed(None),
        }

    def offered(self, told: Told) -> dict[Any, Any]:
        """The row below the answer that told this."""
        return {self.told: told, self.row: gr.update(visible=True)}

    def judge_helpful(self, told: Told | None, request: gr.Request) -> dict[Any, Any]:
        """Keep that the newest answer was helpful."""
        return self._judged(told, "up", "", request)

    def judge_not_right(self, told: Told | None, words: str, request: gr.Request) -> dict[Any, Any]:
        """Keep that the newest answer was not right, and in what."""
        return self._judged(told, "down", words, request)

    def ask_why(self) -> dict[Any, Any]:
        """The box for the reader's words."""
        return {self.box: gr.update(visible=True), self.heard: ""}

    def leave(self) -> dict[Any, Any]:
        """No box; what was written in it is there when it is opened again."""
        return {self.box: gr.update(visible=False)}

    def _judged(self, told: Told | None, verdict: Verdict, words: str, request: gr.Request) -> dict[Any, Any]:
        if told is None or told.principal != principal_of(request.request.scope):
            return {self.heard: remark(FORGOTTEN, failed=True)}
        try:
            self.answerer.keep(rating.feedback(told, verdict, words))
        except OnRecordError as error:
            return {self.heard: remark(sentence(str(error)), failed=True)}
        return {self.heard: remark(THANKS), **self._pressed(verdict)}

    def _pressed(self, verdict: Verdict | None) -> dict[Any, Any]:
        """The buttons with this verdict given, and no box."""
        return {
            self.up: gr.update(elem_classes=PRESSED if verdict == "up" else []),
            self.down: gr.update(elem_classes=PRESSED if verdict == "down" else []),
            self.box: gr.update(visible=False),
        }
