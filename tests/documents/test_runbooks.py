"""Runbooks: what files name them, what they say, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment

from airflow_dataops.core.alerts.runbook import VALUES, Runbook
from airflow_dataops.documents.odcs.contract import read_contract
from airflow_dataops.documents.odcs.draft import rule_keys
from airflow_dataops.documents.runbooks.language import faults
from airflow_dataops.documents.runbooks.runbooks import LARGEST, files_of, runbooks
from airflow_dataops.errors import DocumentError
from airflow_dataops.render.alerts.runbook import fill

CONTRACT = """\
apiVersion: v3.2.0
kind: DataContract
id: orders
version: 1.0.0
authoritativeDefinitions: [{type: runbook, url: %s}]
schema:
  - name: orders
    properties:
      - name: id
        logicalType: string
        required: true
        quality:
          - id: known
            metric: nullValues
            mustBe: 0
            customProperties: [{property: runbook, value: rules/known.md}]
    quality: [{id: enough, metric: rowCount, mustBeGreaterThan: 0}]
slaProperties:
  - id: fresh
    property: freshness
    value: 2
    unit: h
    customProperties:
      - {property: target, value: 0.95}
      - {property: runbook, value: "https://wiki.example.com/fresh"}
  - {id: right, property: errorRate, value: 1, unit: percent}
"""


@pytest.fixture
def orders(tmp_path, monkeypatch):
    """The folder of a contract, in which the program is started; `write` writes a contract there."""
    monkeypatch.chdir(tmp_path)
    Path("rules").mkdir()
    Path("rules/known.md").write_text("Ask the shop.\n")

    def write(url: str = "runbook.md", text: str | bytes | None = "Look at {{ product }}.\n"):
        Path("orders.odcs.yaml").write_text(CONTRACT % url)
        if text is not None:
            Path("runbook.md").write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_contract("orders.odcs.yaml")[0]

    return write


def told(contract):
    """Return the runbooks of a contract, and what is wrong with them."""
    found, problems = runbooks(contract, contract.objectives)
    return {one.of: one for one in found}, [str(problem) for problem in problems]


def test_runbooks_of_a_contract(orders):
    """Of the product, of its objectives, and of rules; a link has no text."""
    contract = orders()
    found, problems = told(contract)
    assert [] == problems
    assert found == {
        "": Runbook(at="runbook.md", text="Look at {{ product }}.\n"),
        "fresh": Runbook(of="fresh", at="https://wiki.example.com/fresh"),
        "right": Runbook(of="right", at="runbook.md", text="Look at {{ product }}.\n"),
        "known": Runbook(of="known", at="rules/known.md", text="Ask the shop.\n"),
    }
    assert (Path("runbook.md"), Path("rules/known.md")) == files_of(contract, contract.objectives)


AT = "orders.odcs.yaml:5:49: "
REFUSED = {
    "not there": (
        "gone.md",
        f"{AT}the runbook gone.md can't be used: can't be read: No such file or directory",
    ),
    "above": ("../runbook.md", f"{AT}the runbook `../runbook.md` lies outside of ."),
    "absolute": ("/etc/hostname", f"{AT}the runbook `/etc/hostname` lies outside of ."),
    "a folder": ("rules", f"{AT}the runbook rules can't be used: can't be read: Is a directory"),
    "a link to elsewhere": ("linked.md", f"{AT}the runbook `linked.md` lies outside of ."),
    "a link in a circle": ("circle.md", AT),
    "no link of the web": (
        "'javascript://alert(1)'",
        f"{AT}`javascript://alert(1)` is no link that everybody",
    ),
    "mail": ("'mailto:a@example.com'", f"{AT}`mailto:a@example.com` is no link that everybody can follow"),
    "no host": ("'https://'", f"{AT}`https://` is no link that everybody can follow"),
    "a name that nothing has": ('"a\\u0001b"', AT),
    "a name that is too long": ("x" * 300, f"{AT}"),
}


@pytest.mark.parametrize(("url", "expected"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_runbook(orders, url, expected):
    """It is said once, where it is named, and its place is kept."""
    Path("linked.md").symlink_to("/etc/hostname")
    Path("circle.md").symlink_to("circle.md")
    try:
        contract = orders(url)
    except DocumentError:
        assert '"a' in url  # the reader of YAML refuses it before
        return
    found, (problem,) = told(contract)
    assert problem.startswith(expected)
    assert ("", contract.runbook) == (found[""].text, found[""].at)


def test_a_runbook_that_is_too_large(orders):
    """It would not fit into a message."""
    assert [] == told(orders(text="x" * LARGEST))[1]
    (problem,) = told(orders(text="x" * (LARGEST + 1)))[1]
    assert problem.startswith(f"{AT}the runbook runbook.md has 65537 bytes, 65536 are allowed")


def test_a_runbook_that_is_no_text(orders):
    """Nor a picture."""
    (problem,) = told(orders(text=b"\x89PNG\xff"))[1]
    assert problem.startswith(f"{AT}the runbook runbook.md can't be used: the file is not UTF-8")


def test_a_template_that_is_wrong(orders):
    """It is said where it is wrong, and what it says is kept: the message shows it as it is."""
    found, problems = told(orders(text="# Orders\n\nLook at {{ partiton }}.\n"))
    expected = "runbook.md:3:1: no incident has a value `partiton`. Did you mean `partition`?"
    assert [expected] == problems
    assert "# Orders\n\nLook at {{ partiton }}.\n" == found[""].text


@pytest.mark.parametrize("value", ["3", "true", "[a]", '" "'])
def test_a_rule_whose_runbook_is_no_text(orders, value):
    """It is refused where it stands."""
    orders()
    file = Path("orders.odcs.yaml")
    file.write_text(file.read_text().replace("rules/known.md", value))
    with pytest.raises(DocumentError, match=r"orders.odcs.yaml:16:59: `runbook` is an address or a file"):
        read_contract(file)


def test_a_rule_that_is_written_says_what_to_do(orders):
    """Whatever writes a contract keeps it."""
    (rule,) = orders().datasets[0].columns[0].rules
    assert [{"property": "runbook", "value": "rules/known.md"}] == rule_keys(rule)["customProperties"]


def tiered(*values: str) -> str:
    """Return a contract with custom properties."""
    listed = "".join(f"  - {{property: tier, {value}}}\n" for value in values)
    return f"{CONTRACT % 'runbook.md'}customProperties:\n{listed}"


@pytest.mark.usefixtures("orders")
def test_how_much_hangs_on_a_product():
    """Critical, a word of the team's own, or nothing; what others mean by it is theirs."""
    for values, expected in {
        ("value: critical",): ("critical", 0),
        ("value: gold",): ("gold", 0),
        ("value: critcal",): ("critcal", 1),
        ("value: x, vendor: other", "value: gold, vendor: airflow_dataops"): ("gold", 0),
        ("value: x, vendor: other",): ("", 0),
    }.items():
        Path("tier.odcs.yaml").write_text(tiered(*values))
        contract, warnings = read_contract("tier.odcs.yaml")
        assert expected == (contract.tier, len([one for one in warnings if "nobody is woken up" in one.what]))


@pytest.mark.usefixtures("orders")
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["value: [a]"], "`tier` must be a word"),
        (["value: a", "value: b"], "`tier` stands here for the second"),
    ],
)
def test_a_tier_that_is_none(values, expected):
    """It is refused."""
    Path("tier.odcs.yaml").write_text(tiered(*values))
    with pytest.raises(DocumentError, match=expected):
        read_contract("tier.odcs.yaml")


RIGHT = [
    "",
    "{{ product }} of {{ partition or 'no day' }}: {{ rules | join(', ') }}",
    "{% for rule in rules if rule != 'x' %}{{ loop.index }}. {{ rule | upper }}\n{% else %}none{% endfor %}",
    "{% if slo is defined and run_id %}{{ commands[0] ~ '!' }}{% elif began %}a{% else %}b{% endif %}",
    "{% raw %}{{ ds }}{% endraw %} {# a word #} {{ commands | first }} {{ 'a' if owner else 'b' }}",
    "{% for a in rules %}{% for b in commands %}{{ a }}{{ b }}{% endfor %}{% endfor %}",
]
WRONG = {
    "a name": ("{{ ds }}", "no incident has a value `ds`"),
    "a name in a condition": ("{% if x %}{% endif %}", "no incident has a value `x`"),
    "a name after its loop": ("{% for a in rules %}{% endfor %}{{ a }}", "no incident has a value `a`"),
    "loop without one": ("{{ loop.index }}", "no incident has a value `loop`"),
    "a part": ("{{ product.x }}", "no value of an incident has a part `.x`"),
    "a part of a loop": (
        "{% for a in rules %}{{ loop.cycle }}{% endfor %}",
        "no value of an incident has a part",
    ),
    "a function": ("{{ range(9) }}", "a runbook can't use `call` of Jinja"),
    "a method": ("{{ product.center(999999999) }}", "a runbook can't use `call` of Jinja"),
    "a power": ("{{ 9**9**9 }}", "a runbook can't use `pow` of Jinja"),
    "times": ("{{ product * 999999999 }}", "a runbook can't use `mul` of Jinja"),
    "formatting": ("{{ '%999999999d' % 1 }}", "a runbook can't use `mod` of Jinja"),
    "keeping": ("{% set x = product %}", "a runbook can't use `assign` of Jinja"),
    "including": ("{% include '/etc/passwd' %}", "a runbook can't use `include` of Jinja"),
    "a macro": ("{% macro m() %}{% endmacro %}", "a runbook can't use `macro` of Jinja"),
    "a filter": ("{{ product | center(99999999) }}", "a runbook has no filter `center`"),
    "a typo": ("{{ product | uper }}", "a runbook has no filter `uper`"),
    "a test": ("{% if product is odder %}{% endif %}", "Jinja has no test `odder`"),
    "three loops": (
        "{% for a in rules %}{% for b in rules %}{% for c in rules %}{% endfor %}{% endfor %}{% endfor %}",
        "more than 2 loops are within each other",
    ),
    "a loop over letters": (
        "{% for a in rules | join %}{% endfor %}",
        "a loop of a runbook goes over a list",
    ),
    "a join within a join": (
        "{{ rules | join(rules | join(rules | join)) }}",
        "a `join` of a runbook can't be within another one",
    ),
    "an end without a beginning": ("{% endif %}", "this is no Jinja"),
    "never closed": (
        "{{ product",
        "this is no Jinja: unexpected end of template, expected 'end of print statement'",
    ),
}


@pytest.mark.parametrize("text", RIGHT)
def test_what_a_runbook_may_say(text):
    """It is filled in with the values of any incident, and nothing is missing."""
    assert () == faults(text)
    for rules in ([], ["r", "s"]):
        values = dict.fromkeys(VALUES, "a") | {"rules": rules, "commands": ["c", "d"]}
        assert "could not be filled in" not in fill(Runbook(at="r.md", text=text), values).text


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_what_a_runbook_may_not_say(text, expected):
    """It is named, with its line; nothing of it is run to see that."""
    found = faults(f"# Title\n{text}")
    assert any(line == 2 and what.startswith(expected) for line, what, _ in found)


pieces = st.sampled_from(
    [
        *(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "product",
            "rules",
            "x",
            "|",
            "join",
            "for",
            "in",
            "if",
            "endif",
        ),
        *(
            "endfor",
            "(",
            ")",
            "[",
            "]",
            ".",
            "**",
            "*",
            "9",
            "'a'",
            "~",
            " ",
            "raw",
            "endraw",
            "is",
            "or",
            "=",
        ),
    ]
)


@given(st.lists(pieces, max_size=25).map(" ".join))
def test_whatever_a_runbook_says_is_right_or_refused(text):
    """What is right can be filled in: an incident has all that it names."""
    if not faults(text):
        values = dict.fromkeys(VALUES, "a") | {"rules": ["r"], "commands": ["c", "d"]}
        SandboxedEnvironment().from_string(text).render(values)
