"""What is kept about somebody, as JSON to hand over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ui.draft_view import draft_json
from ui.key_view import key_json
from ui.wire import Json

if TYPE_CHECKING:
    from index.feedback import Kept
    from index.library import Library
    from index.records.conversations import Held, KeptTurn
    from index.records.records import Records
    from index.records.sessions import Session
    from index.records.shares import Share


def kept_json(library: Library, records: Records, principal: str) -> Json:
    """All that this principal left in the library and its records; of sessions and keys, that there are any, without
    secrets."""
    return {
        "principal": principal,
        "conversations": [_conversation_json(held) for held in records.conversations.of(principal)],
        "links": [_link_json(share) for share in records.shares.of(principal)],
        "feedback": [_feedback_json(kept) for kept in library.feedback.of(principal)],
        "sessions": [_session_json(session) for session in records.sessions.of(principal)],
        "keys": [key_json(key) for key in records.keys.list() if key.principal.name == principal],
        "audit": f'The lines of the audit log whose "who" is {principal}, or whose "subject" ends with it, name them '
        "too; they stay until they are as old as audit_days says.",
    }


def _conversation_json(held: Held) -> Json:
    conversation = held.conversation
    return {
        "id": conversation.id,
        "place": conversation.place,
        "title": conversation.title,
        "begun": conversation.begun.isoformat(),
        "changed": conversation.changed.isoformat(),
        "turns": [_turn_json(turn) for turn in held.turns],
    }


def _turn_json(turn: KeptTurn) -> Json:
    return {
        "turn": turn.id,
        "asked": turn.asked.isoformat(),
        "question": turn.question,
        "as_of": None if turn.as_of is None else turn.as_of.isoformat(),
        "answer": json.loads(turn.answer),
        "documents": sorted(turn.documents),
    }


def _link_json(share: Share) -> Json:
    return {"turn": share.turn, "link": f"/answer/{share.id}", "made": share.made.isoformat()}


def _feedback_json(kept: Kept) -> Json:
    return {**draft_json(kept), "verdict": kept.feedback.verdict, "state": kept.state}


def _session_json(session: Session) -> Json:
    who = session.principal
    return {
        "kind": session.kind,
        "embed": session.embed,
        "made": session.made.isoformat(),
        "expires": session.expires.isoformat(),
        "readers": sorted(who.readers),
        "collections": None if who.collections is None else sorted(who.collections),
    }
