"""`flask hall import-catalogue`, as an administrator types it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

HEAD = "事项编码,事项名称,部门,队列"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "事项.csv"


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("demo")
def test_it_says_what_was_added_and_what_was_filled_by_rule(app: Flask, file: Path) -> None:
    file.write_text(f"{HEAD}\nX-1,甲,县新局,税务\nX-2,乙,县新局,\n", encoding="utf-8")
    told = app.test_cli_runner().invoke(args=["hall", "import-catalogue", str(file)])
    assert told.exit_code == 0, told.output
    assert "2 added, 0 changed, 0 unchanged" in told.output
    assert "1 new department: 县新局" in told.output
    assert [line.split()[:2] for line in told.output.splitlines() if line.startswith("  line")] == [
        ["line", "1"]
    ]
    again = app.test_cli_runner().invoke(args=["hall", "import-catalogue", str(file)])
    assert "nothing changed" in again.output


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("demo")
def test_a_broken_file_is_refused_with_line_numbers(app: Flask, file: Path) -> None:
    file.write_text(f"{HEAD}\nX-1,甲,县新局,税务\nX-1,,县新局,\n", encoding="utf-8")
    told = app.test_cli_runner().invoke(args=["hall", "import-catalogue", str(file)])
    assert told.exit_code == 1
    assert "line 3, 事项名称" in told.output
    assert "line 3, 事项编码" in told.output
    assert "2 problems. Nothing was loaded." in told.output


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("demo")
def test_an_unknown_line_of_the_hall_is_refused_with_its_row(app: Flask, file: Path) -> None:
    file.write_text(f"{HEAD}\nX-1,甲,县新局,税务\nX-2,乙,县新局,没有\n", encoding="utf-8")
    told = app.test_cli_runner().invoke(args=["hall", "import-catalogue", str(file)])
    assert told.exit_code == 1
    assert "line 3, 队列" in told.output


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("words", "said"), [([], "no hall yet"), (["--site", "x"], "no hall with the code x")]
)
def test_without_a_hall_it_says_what_to_do(app: Flask, file: Path, words: list[str], said: Any) -> None:
    file.write_text(f"{HEAD}\nX-1,甲,县新局,\n", encoding="utf-8")
    told = app.test_cli_runner().invoke(args=["hall", "import-catalogue", str(file), *words])
    assert told.exit_code == 1
    assert said in told.output


@pytest.mark.engines("sqlite")
@pytest.mark.usefixtures("demo")
def test_bundles_come_with_the_items_or_alone_and_never_halfway(app: Flask, file: Path) -> None:
    file.write_text(f"{HEAD}\nX-1,甲,县新局,税务\n", encoding="utf-8")
    bundles = file.with_name("一件事.csv")
    words = ["hall", "import-catalogue", str(file), "--bundles", str(bundles)]
    bundles.write_text("一件事编码,一件事名称,包含事项\nb-1,甲乙,X-1、X-9\n", encoding="utf-8")
    told = app.test_cli_runner().invoke(args=words)
    assert told.exit_code == 1
    assert "一件事.csv: line 2, 包含事项" in told.output
    bundles.write_text("一件事编码,一件事名称,包含事项\nb-1,甲乙,X-1\n", encoding="utf-8")
    told = app.test_cli_runner().invoke(args=words)
    assert told.exit_code == 0, told.output
    assert told.output.count("1 added, 0 changed") == 2, "The refused run had loaded no item."
    alone = app.test_cli_runner().invoke(args=["hall", "import-catalogue", "--bundles", str(bundles)])
    assert "1 bundles read" in alone.output
    assert "nothing changed" in alone.output
    assert app.test_cli_runner().invoke(args=["hall", "import-catalogue"]).exit_code == 2
