"""Page furniture, in both directions: what is furniture is found, and no sentence that uses its words is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.furniture import furniture, is_furniture
from index.normalise import normalise

FURNITURE = (
    "Advertisement",
    "ADVERTISEMENT",
    "- Advertisement -",
    "Advertisements",
    "Anzeige",
    "Реклама",
    "Article continues below",
    "Story continues below advertisement",
    "Scroll to continue",
    "Sponsored content",
    "Leave a comment",
    "Leave a Reply",
    "Leave a Reply Cancel reply",
    "12 Comments",
    "View all 12 comments",
    "No comments",
    "Comments (3)",
    "Comments are closed.",
    "Join the conversation",
    "Your email address will not be published. Required fields are marked *",
    "Share",
    "Share this article",
    "Share on Facebook",
    "Share this story on WhatsApp",
    "Facebook Twitter WhatsApp Telegram",
    "Facebook | X | LinkedIn | Email | Copy link",
    "Tweet",
    "Print",
    "Print this article",
    "Email this page",
    "Listen to this article · 5 min",
    "tagreuters.com2024binary_LYNXABCD01234-BASEIMAGE",
    "tag:reuters.com,2024:newsml_KBN0XY123",
    "Tags: peace talks, Kremlin, NATO",
    "Filed under: World",
    "#Ukraine #Russia #NATO",
    "Home",
    "Home > World > Europe",
    "Skip to main content",
    "Back to top",
    "Next article",
    "Read more",
    "Read more »",
    "Read more: What we know about the plan so far",
    "Read also: Five things to know",
    "See also",
    "Related articles",
    "More stories",
    "Recommended for you",
    "You may also like",
    "Most read",
    "Trending now",
    "Editors' picks",
    "Click here to subscribe",
    "Subscribe now",
    "Log in",
    "Sign up for our daily newsletter",
    "Sign up for the Morning Briefing newsletter and never miss a story.",
    "Subscribe to our Telegram channel",
    "Get the day's news straight to your inbox",
    "Enter your email address",
    "Follow us on Twitter",
    "Follow us on Facebook, Instagram and X",
    "Follow Jane Doe on X",
    "Join our WhatsApp channel",
    "This website uses cookies to improve your experience.",
    "We use cookies. By continuing to browse, you accept them.",
    "By using this site, you agree to our terms.",
    "Accept all cookies",
    "Manage preferences",
    "Privacy policy",
    "Privacy policy | Terms of use | Contact",
    "Terms and conditions apply",
    "© 2024 The Paper. All rights reserved.",
    "Copyright © The Paper",
    "All rights reserved.",
    "Our Standards: The Thomson Reuters Trust Principles.",
    "THIS LIVE FEED HAS ENDED.",
    "This live blog is now closed.",
    "This is a developing story and will be updated.",
    "Date: 3 July 2024",
    "Published: 2024-07-03",
    "Published 3 July 2024, 14:05",
    "Published on July 3, 2024 | Updated July 4, 2024",
    "Last updated: 2024-07-03 14:05 GMT",
    "Updated 3 July 2024 at 2:05 p.m. ET",
    "5 min read",
    "3 hours ago",
    "Photo: Jane Doe/Agency",
    "Photo credit: Agency",
    "Photograph: Jane Doe",
    "Credit: Getty Images",
    "Image credit: Jane Doe",
    "Getty Images",
    "REUTERS/Jane Doe",
    "By Jane Doe",
    "By Jane Doe and John Q. Public",
    "BY JANE DOE",
    "(Reporting by Jane Doe; editing by John Public)",
    "(Reporting by Jane Doe in Kyiv and Max Muster in London; Additional reporting by A. N. Other; Editing by X Y)",
    "Reporting by Jane Doe; Editing by John Public.",
    "Additional reporting by Jane Doe in Geneva and the Berlin bureau",
    "(With inputs from agencies)",
    "(Writing by Jane Doe)",
    "***",
    "---",
    "* * *",
)

PROSE = (
    "Advertisement spending rose by four percent last year.",
    "The advertisement was withdrawn.",
    "He refused to leave a comment on the plan.",
    "Leave a comment in the ticket if the build fails.",
    "Please leave a reply within two days.",
    "Share prices fell on Thursday.",
    "Share this number with nobody.",
    "They share on average three rooms.",
    "Twitter said it would appeal.",
    "Print runs were cut by half.",
    "Tags are sewn into the collar.",
    "The live feed has ended, officials said, after the power failed.",
    "This live feed has ended in court before.",
    "Read more books, he told the pupils.",
    "Related parties must be named in the report.",
    "Related: the budget rose by four percent.",
    "Subscribe to the view that less is more and you may be wrong.",
    "Sign up for the first-aid course by 1 May.",
    "Sign up for the course. The newsletter has the dates.",
    "The newsletter says who may sign up for the course.",
    "Follow us on site visits only with a helmet.",
    "Follow the path on the left.",
    "We use cookies only to keep you logged in.",
    "Cookies are baked on Fridays.",
    "Privacy policy changes take effect on 1 May.",
    "The privacy policy applies to all staff.",
    "Copyright law protects the author.",
    "Published figures show a fall.",
    "Published in 2024, the report names three causes.",
    "Date of birth: unknown.",
    "Dated 3 July 2024, the letter asks for a meeting.",
    "Updated rules apply from 1 May 2025.",
    "Photo identification is required.",
    "Photo: the figure shows that the rate doubled. It then fell.",
    "Image: nginx:1.25",
    "Credits: 6",
    "By Friday",
    "By the end of the year it was over.",
    "By The Numbers",
    "Reporting by the agency was wrong.",
    "Reporting by Reuters showed that the plan had been rejected.",
    "Writing by hand is slow.",
    "Editing by committee never works.",
    "Home is where the heart is.",
    "Next year will be better.",
    "Search teams found nothing.",
    "Paid",
    "Related work is discussed in section 2.",
    "Comments were sought from all members.",
    "3 hours ago the line went dead.",
    "5 min read times were measured on the disk.",
    "Sponsored by nobody, the fair went ahead.",
    "Putin has demanded that Ukraine give up its ambition to join NATO.",
    "#1 priority is safety.",
    "42",
    "No.",
)


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_is_found(line: str) -> None:
    text = f"The talks went on for five hours.\n\n{line}\n\nNo deal was reached."
    assert [span.of(text) for span in furniture(text)] == [line]


@pytest.mark.parametrize("line", PROSE)
def test_prose_is_never_taken_for_furniture(line: str) -> None:
    assert furniture(f"The talks went on.\n{line}\nNo deal was reached.") == ()


@pytest.mark.parametrize("line", FURNITURE)
def test_furniture_inside_a_sentence_stays(line: str) -> None:
    assert furniture(f"The page said “{line}”, and then the talks went on for five hours.") == ()


def test_credits_behind_the_last_sentence_are_cut_off_it() -> None:
    text = "It was over, he said. (Reporting by Jane Doe; Editing by John Public)"
    assert [span.of(text) for span in furniture(text)] == ["(Reporting by Jane Doe; Editing by John Public)"]


@pytest.mark.parametrize(
    "text",
    [
        "The figures are final. (Reporting by the subsidiaries ends on Friday.)",
        "The figures (Reporting by Jane Doe) are final.",
        "What he said (Reporting by Jane Doe)",
        "He left. (Editing by hand was too slow for him)",
    ],
)
def test_brackets_that_are_no_credits_stay(text: str) -> None:
    assert furniture(text) == ()


def test_only_the_date_put_before_the_text_is_furniture() -> None:
    text = " date 2024-07-03 The paper earlier reported that talks were near\n\nThe talks went on."
    assert [span.of(text) for span in furniture(text)] == ["date 2024-07-03"]


@pytest.mark.parametrize(
    "text", ["date 2024-07-03 is the deadline for all.", "The date 2024-07-03 Stands.", "date 2024"]
)
def test_a_date_that_is_part_of_the_sentence_is_not(text: str) -> None:
    assert furniture(text) == ()


def test_marks_around_a_line_do_not_hide_it() -> None:
    assert all(
        map(is_furniture, ("> Advertisement", "- Share on Facebook", "**Read more**"[2:-2], "[Leave a comment]"))
    )


def test_a_blank_line_is_nothing() -> None:
    assert not is_furniture("  ")
    assert furniture("\n\n \n") == ()


LINES = st.one_of(st.sampled_from(FURNITURE + PROSE), st.text(max_size=40), st.just(""))


@given(st.lists(LINES, max_size=12).map("\n".join).map(normalise))
def test_spans_are_in_order_apart_and_tight(text: str) -> None:
    spans = furniture(text)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert all(span.of(text) and span.of(text) == span.of(text).strip() for span in spans)
    assert all("\n" not in span.of(text) for span in spans)


@given(st.lists(st.sampled_from(PROSE), min_size=1, max_size=8).map("\n".join))
def test_no_line_of_prose_is_lost_beside_any_other(text: str) -> None:
    assert furniture(text) == ()


def test_a_huge_line_is_looked_at_quickly() -> None:
    # Patterns only see short lines; that this ends is the test.
    assert furniture("Share " * 1_000_000) == ()
    assert furniture("(" * 1_000_000 + ")") == ()


def test_labels_at_the_very_top_say_what_the_text_is() -> None:
    text = "Title: The harbour\nPublisher: Desk\n\nDate: 3 July 2024\nThe ferry left. Source: the harbour.\nTitle: x"
    assert [span.of(text) for span in furniture(text)] == ["Title: The harbour", "Publisher: Desk", "Date: 3 July 2024"]
