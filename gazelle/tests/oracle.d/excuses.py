"""What dorcas does otherwise than Gazelle on purpose, each with an edit that makes Gazelle do the same.

For each reason the repository is written in another way, in which the reason doesn't arise: a rule that Gazelle would delete
is marked as kept, say. If Gazelle's output for that repository, with the marks taken out, is byte for byte what dorcas gives
for the one as it was, the reason is all that there is between the two, and nothing hides behind it.
"""

import ast
import re
from pathlib import Path

REASONS = {
    "computed": "a value that somebody computes stays: Gazelle replaces it, or takes out what it doesn't understand",
    "renamed": "a rule whose sources were all renamed gets the new ones: Gazelle deletes it and writes another",
    "stale": "a rule of a kind from map_kind whose sources are gone goes: Gazelle's proto language doesn't know the kind",
    "comments": "directives and licences above what goes stay: for Gazelle they belong to it",
    "branches": "a branch of a select that has become empty stays where the default says something else",
    "no-files": "a proto_library of deps or of labels stays: Gazelle takes it for one without sources",
    "visibility": "default_visibility holds in the first run: Gazelle writes package() beside rules that are public already",
    "alias": "a macro of alias_kind is kept up where map_kind maps its kind: Gazelle doesn't find it",
}

PROTO = "proto_library"
MAPPED = ("my_proto_library",)
MERGED = ("srcs", "deps", "import_prefix", "strip_import_prefix")
MARK = "# keep: the oracle"
PLACEHOLDER = "//oracle:placeholder"
MOST_PASSES = 4


class Rule:
    """A call at the top of a BUILD file."""

    def __init__(self, call: ast.Call, start: int, end: int, lines: list[str]):
        self.call = call
        # Lines from 0, comments left aside.
        self.start, self.end = start, end
        self.lines = lines
        self.kind = ast.unparse(call.func)
        self.values = {argument.arg: argument.value for argument in call.keywords if argument.arg}
        self.name = text_of(self.values.get("name")) or ""
        self.file = text_of(call.args[0]) if self.kind == "load" and call.args else None

    def strings(self, name: str) -> list[str] | None:
        """The strings of a list; none where it is anything else."""
        value = self.values.get(name)
        if not isinstance(value, ast.List):
            return None
        texts = [text_of(item) for item in value.elts]
        return None if None in texts else texts

    def comments(self) -> int:
        """The first of the lines right above that are comments."""
        start = self.start
        while start and self.lines[start - 1].startswith("#"):
            start -= 1
        return start


def text_of(value: ast.expr | None) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def rules(text: str) -> list[Rule]:
    """The calls of a file; none where Python doesn't read it."""
    lines = text.splitlines()
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return []
    calls = [statement for statement in body if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)]
    return [Rule(statement.value, statement.lineno - 1, statement.end_lineno, lines) for statement in calls]


def is_computed(value: ast.expr, lines: list[str]) -> bool:
    is_kept = lambda item: "# keep" in lines[item.end_lineno - 1]
    match value:
        case ast.Constant():
            return False
        case ast.List(elts=items):
            return any(text_of(item) is None and not is_kept(item) for item in items)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return is_computed(left, lines) or is_computed(right, lines)
        case ast.Call(func=ast.Name(id="select"), args=[ast.Dict(values=values)]):
            return any(not isinstance(item, ast.List) or is_computed(item, lines) for item in values)
        case _:
            return True


def prepare(folder: Path, ours: dict[str, bytes], options: list[str]) -> set[str]:
    """Writes the BUILD files of a repository in the other way, and says for which reasons."""
    reasons: set[str] = set()
    mapped = any("map_kind proto_library my_proto_library" in read(path) for path in [*folder.rglob("BUILD*"), *folder.rglob("directives.txt")])
    for path in sorted(folder.rglob("BUILD*")) + sorted(folder.rglob("NEW.bazel")):
        if not path.is_file():
            continue
        directory = str(path.parent.relative_to(folder))
        output = ours.get(directory, b"").decode(errors="replace").partition("\n")[2]
        text = read(path)
        for edit in (computed, stale, no_files, renamed, branches, comments):
            # An edit changes one thing, so that lines stay those of the tree.
            for _ in range(200):
                edited = edit(text, output, path.parent)
                if edited is None:
                    break
                text = edited
                reasons.add(NAMES[edit])
        if mapped and "alias_kind my_proto proto_library" in text:
            text = text.replace("alias_kind my_proto proto_library", "alias_kind my_proto my_proto_library")
            reasons.add("alias")
        path.write_text(text, errors="surrogateescape")
    for path in folder.rglob("directives.txt"):
        text = read(path)
        if mapped and "alias_kind my_proto proto_library" in text:
            path.write_text(text.replace("alias_kind my_proto proto_library", "alias_kind my_proto my_proto_library"))
            reasons.add("alias")
    if any("visibility" in option for option in options):
        for directory, output in ours.items():
            if b"\npackage(" in output:
                name = output.partition(b"\n")[0].removeprefix(b">>> ").decode().rsplit("/", 1)[-1]
                path = folder / directory / name
                if not path.exists():
                    path.touch()
                if "package(" not in read(path):
                    reasons.add("visibility")
    return reasons


def restore(output: bytes) -> bytes:
    """Takes the marks out of Gazelle's output."""
    output = re.sub(rb"(?m)^ *" + MARK.encode() + rb"\n", b"", output)
    one = rb'"%s",  # keep' % PLACEHOLDER.encode()
    output = re.sub(rb"\[\n *" + one + rb"\n *\]", b"[]", output)
    return re.sub(rb"(?m)^ *" + one + rb"\n", b"", output)


def read(path: Path) -> str:
    return path.read_text(errors="surrogateescape") if path.is_file() else ""


def insert(lines: list[str], at: int, *new: str) -> str:
    return "\n".join([*lines[:at], *new, *lines[at:]]) + "\n"


def computed(text: str, output: str, directory: Path) -> str | None:
    for rule in rules(text):
        for name in MERGED:
            value = rule.values.get(name)
            if value is None or rule.start == value.lineno - 1 or not is_computed(value, rule.lines):
                continue
            at = next((line for line in range(rule.start, rule.end) if re.match(rf" *{name} = ", rule.lines[line])), None)
            above = rule.lines[at - 1] if at else ""
            if at is not None and not above.strip().startswith("# keep"):
                return insert(rule.lines, at, f"    {MARK}")
    return None


def is_label(text: str) -> bool:
    return text.startswith((":", "@", "//"))


def made(text: str) -> set[str]:
    """The files that rules make."""
    outs = [rule.strings("outs") or [] for rule in rules(text)]
    return {name for names in outs for name in names} | {text_of(rule.values.get("out")) or "" for rule in rules(text)}


def has_lost_all(rule: Rule, text: str, directory: Path) -> bool:
    srcs = rule.strings("srcs")
    return bool(srcs) and not any(is_label(src) or (directory / src).is_file() or src in made(text) for src in srcs)


def renamed(text: str, output: str, directory: Path) -> str | None:
    after = {rule.name: rule for rule in rules(output)}
    for rule in rules(text):
        other = after.get(rule.name)
        if rule.kind != PROTO or not rule.name or other is None or is_kept(rule):
            continue
        new = [src for src in other.strings("srcs") or [] if (directory / src).is_file() or src in made(text)]
        if not new:
            continue
        srcs = f"srcs = [{', '.join(map(repr_of, new))}]"
        if "srcs" not in rule.values and rule.start + 1 < rule.end:
            return insert(rule.lines, rule.end - 1, f"    {srcs},")
        if "srcs" not in rule.values:
            lines = list(rule.lines)
            column = rule.call.end_col_offset - 1
            line = lines[rule.start].encode()
            lines[rule.start] = f"{line[:column].decode()}, {srcs}{line[column:].decode()}"
            return "\n".join(lines) + "\n"
        if has_lost_all(rule, text, directory) or has_labels_alone(rule, text, directory):
            value = rule.values["srcs"]
            line, column = value.end_lineno - 1, value.end_col_offset - 1
            lines = list(rule.lines)
            before = lines[line].encode()[:column].decode()
            rest = lines[line].encode()[column:].decode()
            comma = "" if before.rstrip().endswith(("[", ",")) or (not before.strip() and lines[line - 1].rstrip().endswith(("[", ","))) else ", "
            lines[line] = before + comma + ", ".join(map(repr_of, new)) + rest
            return "\n".join(lines) + "\n"
    return None


def has_labels_alone(rule: Rule, text: str, directory: Path) -> bool:
    srcs = rule.strings("srcs") or []
    there = [src for src in srcs if (directory / src).is_file() or src in made(text)]
    return not there and any(map(is_label, srcs))


def is_kept(rule: Rule) -> bool:
    above = rule.lines[rule.comments() : rule.start]
    return any(re.search(r"#\s*keep(: .*)?$", line) for line in [*above, rule.lines[rule.end - 1]])


def repr_of(text: str) -> str:
    return f'"{text}"'


def stale(text: str, output: str, directory: Path) -> str | None:
    left = {rule.name for rule in rules(output)}
    for rule in rules(text):
        if rule.kind in MAPPED and rule.name not in left and not is_kept(rule) and has_lost_all(rule, text, directory):
            above = [line for line in rule.lines[rule.comments() : rule.start] if line.startswith("# gazelle:")]
            lines = rule.lines[: rule.comments()] + above + rule.lines[rule.end :]
            text = "\n".join(lines) + "\n"
            # Gazelle doesn't know the file that the kind is from where no rule has it.
            if f"\n{rule.kind}(" not in text and rule.kind not in output:
                text = re.sub(rf'(?m)^load\("[^"]*", "{rule.kind}"\)\n', "", text)
            return text
    return None


def no_files(text: str, output: str, directory: Path) -> str | None:
    left = {rule.name for rule in rules(output)}
    for rule in rules(text):
        if rule.kind != PROTO or rule.name not in left or is_kept(rule):
            continue
        has_deps = "srcs" not in rule.values and ("deps" in rule.values or "exports" in rule.values)
        after = next(other for other in rules(output) if other.name == rule.name)
        is_generated = any((directory / src).is_file() for src in after.strings("srcs") or [])
        if not is_generated and (has_deps or has_labels_alone(rule, text, directory)):
            return insert(rule.lines, rule.comments(), MARK)
    return None


def branches(text: str, output: str, directory: Path) -> str | None:
    empty = set(re.findall(r'(?m)^ *("[^"\n]*"): \[\],$', output))
    for rule in rules(text):
        for name in MERGED:
            for select in ast.walk(rule.values.get(name) or ast.Constant(0)):
                if not isinstance(select, ast.Dict):
                    continue
                for key, value in zip(select.keys, select.values):
                    label = f'"{text_of(key)}"'
                    if label == '"//conditions:default"' or label not in empty or not isinstance(value, ast.List):
                        continue
                    line, column = value.lineno - 1, value.col_offset + 1
                    source = rule.lines[line].encode()
                    if PLACEHOLDER in "\n".join(rule.lines[line : value.end_lineno]):
                        continue
                    lines = list(rule.lines)
                    new = source[:column].decode() + f'\n"{PLACEHOLDER}",  # keep\n' + source[column:].decode()
                    lines[line] = new
                    return "\n".join(lines) + "\n"
    return None


def comments(text: str, output: str, directory: Path) -> str | None:
    after = rules(output)
    left = {(rule.kind, rule.name) for rule in after if rule.name} | {rule.kind for rule in after if not rule.name}
    files = [rule.file for rule in after if rule.file]
    seen: dict[str, int] = {}
    for rule in rules(text):
        if rule.file:
            seen[rule.file] = seen.get(rule.file, 0) + 1
            goes = seen[rule.file] > files.count(rule.file)
        else:
            goes = rule.name and (rule.kind, rule.name) not in left
        if not goes:
            continue
        start = rule.comments()
        above, below = rule.lines[start : rule.start], rule.lines[rule.end :]
        is_first = not any(line.strip() for line in rule.lines[:start])
        is_licence = any(re.search("copyright|licen[cs]e|spdx-", line, re.IGNORECASE) for line in above)
        stays = [line for line in above if line.startswith("# gazelle:") or is_licence or (is_first and rule.file)]
        if stays:
            rest = [line for line in above if line not in stays]
            return "\n".join([*rule.lines[:start], *stays, "", *rest, *rule.lines[rule.start :]]) + "\n"
        if below and below[0].startswith("# gazelle:"):
            return insert(rule.lines, rule.end, "")
    return None


NAMES = {
    computed: "computed", renamed: "renamed", stale: "stale", no_files: "no-files", branches: "branches", comments: "comments",
}
