"""The pages of commands say what `--help` says, and show the examples of docs/."""

from tests.site.command_pages import EXAMPLES_MAX, Example, by_command, command_pages, examples_in
from tidegate.cli import COMMANDS, called

PAGE = "# Dead letters\n\n```console\n$ .venv/bin/tidegate dead list --vendor stripe   # theirs\n```\n"


def test_examples_are_the_console_lines_of_a_page() -> None:
    [example] = examples_in("dead-letters.md", PAGE)
    assert example == Example("tidegate dead list --vendor stripe   # theirs", "dead-letters.md", "Dead letters")
    [command] = by_command([example, example])
    assert command.words == ("dead", "list")
    assert by_command([example, example])[command] == [example]


def test_every_command_has_its_section_with_every_option() -> None:
    pages = command_pages({})
    assert set(pages) == {f"reference/commands/{command.words[0]}.md" for command in COMMANDS}
    for command in COMMANDS:
        assert f"`tidegate {' '.join(command.words)}`" in pages[f"reference/commands/{command.words[0]}.md"]
    outbox = pages["reference/commands/outbox.md"]
    assert "| `--share <str>` | Of many: at most this share of their operation's limit. [default: 10%] |" in outbox
    assert "env var: TIDEGATE\\_ADMIN" in outbox
    assert "| `ID <str>` | The delivery's id. [required] |" in outbox


def test_words_in_angle_brackets_are_no_html_and_bars_do_not_end_a_cell() -> None:
    check = command_pages({})["reference/commands/check.md"]
    assert "`--format <text\\|json\\|github\\|junit>`" in check
    assert "[VENDOR\\|PATH]" in check


def test_a_command_shows_some_examples_and_where_they_are_from() -> None:
    command = called(["dead", "list"])
    assert command is not None
    many = [Example(f"tidegate dead list --text {number}", "dead-letters.md", "Dead letters") for number in range(9)]
    page = command_pages({command: many})["reference/commands/dead.md"]
    assert page.count("$ tidegate dead list --text") == EXAMPLES_MAX
    assert "More about it: [Dead letters](../../dead-letters.md)." in page
