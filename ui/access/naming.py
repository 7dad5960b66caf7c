"""What a user or a group may be called, whoever says so: a proxy, an identity provider or an embedding site."""

from __future__ import annotations

import unicodedata

from index.principal import USER
from ui.access.errors import NotAdmitted

LONGEST = 256
"""Characters of one name."""
MOST_GROUPS = 2000
"""Groups of one person; each is a label that every search looks for."""


def user_name(value: object, says: str, status: int = 401) -> str:
    """`value` if it can be a user's name. `says` is who said so, as `the proxy`; `status` goes with a refusal."""
    if not isinstance(value, str) or not value.strip():
        raise NotAdmitted(status, f"The user that {says} names is empty or no text; have it name one.")
    if len(value) > LONGEST or value != value.strip() or not _is_plain(value):
        raise NotAdmitted(
            status, f"The user that {says} names is too long or holds control characters; have it send a plain name."
        )
    return value


def group_names(value: object, says: str, status: int = 401) -> tuple[str, ...]:
    """`value`, a list of texts or None, as groups."""
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise NotAdmitted(status, f"The groups that {says} names are no list of texts; have it send one.")
    groups = tuple(each.strip() for each in value if each.strip())
    if len(groups) > MOST_GROUPS or not all(len(each) <= LONGEST and _is_plain(each) for each in groups):
        raise NotAdmitted(
            status, f"The groups that {says} names are too many or no plain names; have it send those that matter here."
        )
    return groups


def only_groups(groups: tuple[str, ...], says: str, status: int = 401) -> tuple[str, ...]:
    """`groups` unless one of them would be a person's own label."""
    if any(each.startswith(USER) for each in groups):
        raise NotAdmitted(status, f"A group that {says} names begins with {USER} and would be a person; rename it.")
    return groups


def _is_plain(text: str) -> bool:
    """Whether nothing in it is invisible: no control, format, private or unassigned character, and no lone half."""
    return not any(unicodedata.category(each).startswith(("C", "Zl", "Zp")) for each in text)
