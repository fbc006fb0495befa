"""Random repositories: protos that import each other, BUILD files, and what people do to both.

The same seed gives the same repository. Nothing here knows how BUILD files are merged; it only knows what to try.
"""

import random
import re
from pathlib import Path

WORDS = ["api", "b", "core", "data", "internal", "v1", "v2", "x_y", "z-z", "vendor"]
FILES = ["a", "b", "c", "long_name", "x.y", "Z"]
WELL_KNOWN = ["google/protobuf/any.proto", "google/protobuf/timestamp.proto", "google/protobuf/compiler/plugin.proto"]
OPTIONS = ["go_package", "java_package", "group"]
DIRECTIVES = [
    "exclude a.proto", "exclude **/b.proto", "exclude v1", "exclude {api,data}/**", "exclude x?y*", "ignore",
    "build_file_name BUILD,BUILD.bazel", "build_file_name BUILD.bazel", "generation_mode update_only",
    "generation_mode create_and_update", "resolve proto a.proto //over:ride", "resolve proto gone/away.proto :here",
    "resolve proto proto google/protobuf/any.proto @any//:any", r"resolve_regexp proto ^(\w+)/(.*)\.proto$ //$1:rx",
    "resolve_regexp proto proto away //far", "lang proto", "lang other", "lang other,proto", "proto file", "proto package",
    "lang visibility_extension", "lang proto,visibility_extension",
    "proto disable", "proto default", "proto disable_global", "proto_group go_package", "proto_import_prefix pre/fix",
    "proto_strip_import_prefix /api", "proto_search api", "proto_search", "proto_search api over", "unknown thing",
    "follow *", "follow link", "follow **/link", "directive_file directives.txt", "proto legacy",
    "alias_kind my_proto proto_library", "alias_kind my_proto other", "default_visibility //visibility:public",
    "default_visibility //a:__pkg__,//b:__subpackages__",
    "map_kind proto_library my_proto_library //:my.bzl", "map_kind proto_library proto_library //:my.bzl",
]


class Repository:
    """A repository in a folder that exists and is empty."""

    def __init__(self, root: Path, seed: int):
        self.root = root
        self.random = random.Random(seed)

    # What a repository starts with

    def create(self) -> None:
        rng = self.random
        if rng.random() < 0.5:
            dep = rng.choice(['bazel_dep(name = "protobuf", version = "1")\n', 'bazel_dep(name = "protobuf", repo_name = "pb")\n', ""])
            name = rng.choice(['module(name = "me")\n', ""])
            self.write("MODULE.bazel", name + dep)
        else:
            self.write("WORKSPACE", rng.choice(["", 'workspace(name = "ws")\n']))
        for _ in range(rng.randint(2, 7)):
            directory = "/".join(rng.choice(WORDS) for _ in range(rng.randint(0, 3)))
            for _ in range(rng.randint(1, 3)):
                self.write_proto(directory)

    def write_proto(self, directory: str) -> None:
        rng = self.random
        package = rng.choice([directory.replace("/", ".").replace("-", "_"), "other", "a.b", ""])
        lines = ['syntax = "proto3";']
        if package:
            lines.append(f"package {package};")
        if rng.random() < 0.3:
            value = rng.choice(["example.com/x/y", "example.com/x;z", "one", directory.replace("/", "_")])
            lines.append(f'option {rng.choice(OPTIONS)} = "{value}";')
        known = self.protos()
        for _ in range(rng.randint(0, 3)):
            choices = known + WELL_KNOWN + ["gone/away.proto", "no_dir.proto"]
            lines.append(f'import "{rng.choice(choices)}";')
        if rng.random() < 0.2:
            lines.append("service S {}")
        self.write(f"{directory}/{rng.choice(FILES)}.proto".lstrip("/"), "\n".join(lines) + "\n")

    # What people do

    def disturb(self) -> None:
        rng = self.random
        for path in list(self.protos()):
            chance = rng.random()
            if chance < 0.1:
                (self.root / path).unlink()
            elif chance < 0.2:
                (self.root / path).rename(self.root / Path(path).with_name(f"moved{rng.randint(0, 3)}.proto"))
            elif chance < 0.25:
                text = (self.root / path).read_text()
                self.write(path, re.sub(r"^package .*$", f"package {rng.choice(['other', 'a.b', 'new.one'])};", text, flags=re.M))
            elif chance < 0.3:
                self.write_proto(str(Path(path).parent).replace(".", "", 1) if Path(path).parent == Path(".") else str(Path(path).parent))
        for path in sorted(self.root.rglob("BUILD*")):
            if path.is_file():
                self.disturb_build_file(path)
        directories = sorted(p for p in self.root.rglob("*") if p.is_dir()) + [self.root]
        for _ in range(rng.randint(0, 3)):
            directory = rng.choice(directories)
            if not any((directory / name).exists() for name in ("BUILD", "BUILD.bazel")):
                text = self.directives() + rng.choice(["", self.statement()])
                (directory / rng.choice(["BUILD", "BUILD.bazel"])).write_text(text)
        for _ in range(rng.choice([0, 0, 1, 2])):
            text = "".join(rng.choice(["", "# gazelle:"]) + rng.choice(DIRECTIVES) + "\n" for _ in range(rng.randint(0, 3)))
            (rng.choice(directories) / "directives.txt").write_text(rng.choice(["", "# What holds here.\n"]) + text)
        if rng.random() < 0.2:
            # Not upwards: Gazelle follows such a link until the system has enough of it.
            link, target = rng.choice(directories) / "link", rng.choice(directories)
            if not link.is_relative_to(target):
                link.symlink_to(target)
        if rng.random() < 0.1:
            ignored = ", ".join(f'"{rng.choice(["**/", ""])}{rng.choice(WORDS)}{rng.choice(["", "/**"])}"' for _ in range(2))
            self.write("REPO.bazel", f"ignore_directories([{ignored}])\n")
        if rng.random() < 0.1:
            self.write(".bazelignore", "\n".join(rng.choice(WORDS) for _ in range(2)) + "\n")

    def disturb_build_file(self, path: Path) -> None:
        rng = self.random
        text = path.read_text()
        changes = [
            self.keep_item, self.keep_attribute, self.keep_rule, self.rename, self.add_item, self.drop_attribute,
            self.comment, self.add_attribute, self.change_value, self.change_load, self.twice, self.one_line,
        ]
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            text = rng.choice(changes)(text)
        if rng.random() < 0.4:
            text = text.rstrip("\n") + "\n\n" + self.statement()
        if rng.random() < 0.3:
            text = self.statement() + "\n" + text
        if rng.random() < 0.35:
            text = self.directives() + text
        path.write_text(text)
        if rng.random() < 0.05:
            path.rename(path.with_name("BUILD" if path.name == "BUILD.bazel" else "BUILD.bazel"))

    def pick(self, text: str, pattern: str) -> re.Match | None:
        found = list(re.finditer(pattern, text, re.MULTILINE))
        return self.random.choice(found) if found else None

    def replace(self, text: str, pattern: str, new: str) -> str:
        found = self.pick(text, pattern)
        return text if found is None else text[: found.start()] + found.expand(new) + text[found.end() :]

    def keep_comment(self) -> str:
        return self.random.choice(["# keep", "# keep", "# keep: it is needed", "#keep", "# kept", "# keep it"])

    def keep_item(self, text: str) -> str:
        keep = self.keep_comment()
        new = self.random.choice([r"\1" + f"  {keep}", f"        {keep}\n" + r"\1"])
        return self.replace(text, r'^(        "[^"]*",)$', new)

    def keep_attribute(self, text: str) -> str:
        keep = self.keep_comment()
        if self.random.random() < 0.5:
            return self.replace(text, r"^(    \w+ = .*[^\[({,],)$", r"\1" + f"  {keep}")
        return self.replace(text, r"^(    \w+ = )", f"    {keep}\n" + r"\1")

    def keep_rule(self, text: str) -> str:
        return self.replace(text, r"^(\w+\()$", f"{self.keep_comment()}\n" + r"\1")

    def rename(self, text: str) -> str:
        return self.replace(text, r'name = "\w+"', f'name = "renamed{self.random.randint(0, 9)}"')

    def add_item(self, text: str) -> str:
        rng = self.random
        # A list that has more than strings is an expression for a guest, and what strings it has for Gazelle.
        item = rng.choice(['"own.proto"', '":own"', '"//far:away"', '"a.proto"'])
        tail = rng.choice(["", "  # keep", "  # mine"])
        found = self.pick(text, r"^    (srcs|deps|visibility) = \[(.*)\],$")
        if found:
            line = f"    {found[1]} = [\n        {found[2] + ',' if found[2] else ''}\n        {item},{tail}\n    ],"
            return text[: found.start()] + line + text[found.end() :]
        return self.replace(text, r"^(    (?:srcs|deps) = \[)$", r"\1" + f"\n        {item},{tail}")

    def drop_attribute(self, text: str) -> str:
        name = self.random.choice(["deps", "srcs", "visibility", r"(?!name)\w+"])
        return self.replace(text, rf"^    {name} = (\[\n(        .*\n)*    \]|.*[^\[({{,]),\n", "")

    def comment(self, text: str) -> str:
        rng = self.random
        # Not `buildifier: leave-alone`: Gazelle sorts the attributes of such a rule once it has looked at it.
        comment = rng.choice(["# A comment.", "# Do not sort.", "# keep sorted", "# buildifier: disable=x"])
        where = rng.choice([
            (r"^(    \w+ = )", f"    {comment}\n" + r"\1"),
            (r"^(        \")", f"        {comment}\n" + r"\1"),
            (r"^(    \],)", f"        {comment}\n" + r"\1"),
            (r"^(\))", f"    {comment}\n" + r"\1"),
            (r"^(\))$", r"\1" + f"  {comment}"),
            (r"^(\))$", r"\1" + f"\n{comment}"),
            (r"^(\w+\()", f"{comment}\n" + r"\1"),
            (r"^(\w+\()", f"{comment}\n\n" + r"\1"),
            (r"(,)$", r"\1" + f"  {comment}"),
        ])
        return self.replace(text, *where)

    def add_attribute(self, text: str) -> str:
        attribute = self.random.choice([
            'tags = ["b", "a"]', "testonly = True", 'licenses = ["notice"]', 'deps = ["//own:dep"]',
            'strip_import_prefix = "/api"', 'import_prefix = "over"', "exec_compatible_with = select({\":x\": []})",
            'data = glob(["*.txt"])', "compatible = X if Y else Z", 'doc = """one\n  two"""', 'exports = ["//x:x"]',
            'option_deps = [\n        "//b:b",\n        "//a",\n    ]',
        ])
        return self.replace(text, r"^(    name = .*)$", r"\1" + f"\n    {attribute},".replace("\\", r"\\"))

    def change_value(self, text: str) -> str:
        rng = self.random
        value = rng.choice([
            'glob(["*.proto"])', 'glob(["*.proto"], exclude = ["x.proto"])', "SRCS", 'SRCS + ["a.proto"]', "[]",
            '["a.proto"] + ["b.proto"]', 'select({"//x:linux": ["l.proto"], "//conditions:default": []})',
            '["a.proto"] + select({"@io//:windows": ["w.proto"],"@io//:linux": [\n"l.proto",  # keep\n],})',
            'select({"//x:mine": ["l.proto"]})', "[s for s in SRCS]", 'f("a.proto")', '"a.proto"', '["b.proto", "a.proto", "a.proto"]',
            '["gone.proto"]', "(SRCS)", '["%s" % X]', "a.b", "[\n# nothing\n]",
        ])
        attr = rng.choice(["srcs", "deps", "srcs", "visibility"])
        return self.replace(text, rf"^    {attr} = (\[\n(        .*\n)*    \]|.*[^\[({{,]),\n", f"    {attr} = {value},\n")

    def change_load(self, text: str) -> str:
        rng = self.random
        new = rng.choice([
            'load("@rules_proto//proto:defs.bzl", "proto_library")\n',
            'load("//:my.bzl", "proto_library")\n',
            'load("@com_google_protobuf//bazel:proto_library.bzl", "proto_library")\nload("//:my.bzl", "mine", other = "x")\n',
            'load("@com_google_protobuf//bazel:proto_library.bzl", "proto_library", "unknown")\n',
            'load(\n    "@com_google_protobuf//bazel:proto_library.bzl",\n    "proto_library",\n    "unknown",\n)\n',
            'load("@bazel_gazelle//:def.bzl", "gazelle")\n',
            'load("@com_google_protobuf//bazel:proto_library.bzl", my_proto = "proto_library")\n',
            "",
            '# About it.\nload("@com_google_protobuf//bazel:proto_library.bzl", "proto_library")  # tail\n',
        ])
        return self.replace(text, r"^load\(.*\)\n", new)

    def twice(self, text: str) -> str:
        """A second rule of the kind, with the same sources or with others."""
        name = self.random.randint(0, 9)
        srcs = self.random.choice(['["a.proto"]', '["gone.proto"]', "[]", '[":gen"]', '["made.proto"]'])
        return text + f'\nproto_library(\n    name = "second{name}",\n    srcs = {srcs},\n)\n'

    def one_line(self, text: str) -> str:
        found = self.pick(text, r"^(\w+)\(\n    name = (\"\w+\"),\n(    .*\n)*?\)$")
        return text if found is None else text[: found.start()] + f"{found[1]}(name = {found[2]})" + text[found.end() :]

    def statement(self) -> str:
        number = self.random.randint(0, 99)
        return self.random.choice([
            f'filegroup(\n    name = "files{number}",\n    srcs = glob(["*"]),\n)\n',
            f'genrule(\n    name = "gen{number}",\n    outs = ["made.proto"],\n    cmd = "x",\n)\n',
            'package(default_visibility = ["//visibility:private"])\n',
            f'cc_proto_library(name = "cc{number}", deps = [":b_proto"])\n',
            f'my.macro("{number}", *args, **kwargs)\n',
            "[x(name = n) for n in [\"a\", \"b\"]]\n",
            'SRCS = ["a.proto"]\n',
            "# A comment that belongs to nothing.\n",
            '"""What this package is for."""\n',
            'exports_files(["x"])\n',
            f'maybe(proto_library, name = "maybe{number}")\n',
            'load("//tools:x.bzl", "x", "y")\n',
            f'proto_library(name = "stale{number}", srcs = ["stale.proto"])\n',
            f'proto_library(name = "stale{number}", srcs = ["stale.proto"], visibility = ["//v"], deps = [":d"])\n',
            f'go_proto_library(name = "go{number}", proto = ":b_proto", importpath = "x")\n',
            f'alias(name = "alias{number}", actual = ":b_proto")\n',
            f'my_proto(\n    name = "own{number}",\n    srcs = ["{self.random.choice(["a.proto", "b.proto", "gone.proto"])}"],\n)\n',
        ])

    def directives(self) -> str:
        rng = self.random
        lines = [f"# gazelle:{rng.choice(DIRECTIVES)}" for _ in range(rng.randint(1, 2))]
        return "\n".join(lines) + rng.choice(["\n", "\n\n"])

    # What is there

    def protos(self) -> list[str]:
        return sorted(str(p.relative_to(self.root)) for p in self.root.rglob("*.proto"))

    def write(self, path: str, text: str) -> None:
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def arguments(seed: int, folder: Path) -> tuple[list[str], list[str]]:
    """What is asked of both programs for a repository: the first is `update` or `fix`; and the directories."""
    rng = random.Random(seed + 1_000_003)
    chosen = [rng.choice(["update", "update", "update", "fix"])]
    if rng.random() < 0.15:
        chosen.append("-r=false")
    if rng.random() < 0.2:
        chosen.append(f"-index={rng.choice(['all', 'lazy', 'none'])}")
    if rng.random() < 0.1:
        chosen.append(f"-build_file_name={rng.choice(['BUILD', 'BUILD,BUILD.bazel', 'NEW.bazel,BUILD.bazel'])}")
    if rng.random() < 0.1:
        chosen += ["-exclude", rng.choice(["**/a.proto", "api", "*/v1/**", "b/b.proto"])]
    if rng.random() < 0.1:
        chosen.append(rng.choice(["-remove_noop_keep_comments", "-proto=package", "-proto=file", "-proto_group=go_package",
                                  "-proto_import_prefix=pre/fix", "-proto=disable_global"]))
    if rng.random() < 0.05:
        chosen.append("-strict")
    chosen += ["-lang", rng.choice(["proto"] * 6 + ["visibility_extension", "visibility_extension,proto", "visibility_extension,proto"])]
    directories = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())
    count = rng.choice([0] * 8 + [1, 2]) if directories else 0
    return chosen, [rng.choice(directories) for _ in range(count)]
