#!/usr/bin/env python3
"""The journey of tools/journey, asked through a client that openapi-python-client has generated.

    walk.py FOLDER BASE         FOLDER: where the generated package `client` is; BASE: a running demo
"""

import enum
import importlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import re
import sys
import types
import typing
import urllib.parse


class Upload:
    """A form with a file, as tools/journey would send it."""

    def __init__(self, fields, name, filename, content, media_type):
        self.fields, self.name, self.filename, self.content, self.media_type = fields, name, filename, content, media_type


def load_journey():
    path = pathlib.Path(__file__).resolve().parents[1] / "journey"
    loader = importlib.machinery.SourceFileLoader("journey", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("journey", loader))
    loader.exec_module(module)
    return module


def functions(folder):
    """The name of the generated module of each operation, by method and path."""
    found = {}
    for file in sorted(pathlib.Path(folder, "client", "api").glob("*/*.py")):
        method = re.search(r'"method": "(\w+)"', source := file.read_text(encoding="utf-8"))
        path = re.search(r'"url": "([^"]+)"', source)
        if method and path:
            template = re.sub(r"\{(\w+)\s*=?[^}]*\}", r"{\1}", path.group(1))
            found[method.group(1).upper(), template] = f"client.api.{file.parent.name}.{file.stem}"
    return found


def classes(hint):
    return [kind for kind in typing.get_args(hint) or (hint,) if isinstance(kind, type)]


class Generated:
    """Asks as tools/journey's own server does, through the generated functions."""

    def __init__(self, folder, base, wrong):
        sys.path.insert(0, folder)
        self.client = importlib.import_module("client").Client(base_url=base, headers={"User-Agent": "Mozilla/5.0 (clients)"}, timeout=30)
        self.types = importlib.import_module("client.types")
        self.functions = functions(folder)
        self.wrong, self.asked = wrong, set()

    def find(self, method, path):
        parts = path.rstrip("/").split("/")
        best = None
        for (own, template), module in self.functions.items():
            names = template.split("/")
            if own == method and len(names) == len(parts) and all(a == b or a.startswith("{") for a, b in zip(names, parts)):
                if best is None or template.count("{") < best[0].count("{"):
                    best = template, module
        if best is None:
            raise self.wrong(f"{method} {path} is in no generated client")
        template, module = best[0], importlib.import_module(best[1])
        given = {name[1:-1]: part for name, part in zip(template.split("/"), parts) if name.startswith("{")}
        self.asked.add((method, template))
        return module, given

    def body(self, hint, body):
        if isinstance(body, Upload):
            file = self.types.File(payload=io.BytesIO(body.content), file_name=body.filename, mime_type=body.media_type)
            return self.model(hint, {**body.fields, body.name: file})
        made = self.model(hint, body)
        self.same(made.to_dict(), body, f"{type(made).__name__} as it is sent")
        return made

    def model(self, hint, fields):
        """The model of a body; where it may come as JSON and as a form, the one that has every file."""
        files = {name: value for name, value in fields.items() if isinstance(value, self.types.File)}
        plain = {name: value for name, value in fields.items() if name not in files}
        for kind in classes(hint):
            names = [field.name for field in getattr(kind, "__attrs_attrs__", ())]
            if hasattr(kind, "from_dict") and all(name in names for name in files):
                try:
                    made = kind.from_dict(plain)
                except KeyError:
                    # Of several bodies it is another one.
                    continue
                for name, file in files.items():
                    setattr(made, name, file)
                return made
        raise self.wrong(f"no model for a body of {hint} with {', '.join(files) or 'no file'}")

    def send(self, method, path, body=None, headers=None):
        answer = self.call(method, path, body, headers)
        return types.SimpleNamespace(status=int(answer.status_code), headers=answer.headers)

    def call(self, method, path, body=None, headers=None):
        path, _, query = path.partition("?")
        module, given = self.find(method, path)
        hints = typing.get_type_hints(module.sync_detailed)
        for name, value in urllib.parse.parse_qsl(query):
            if name not in hints:
                raise self.wrong(f"{method} {path} has no parameter {name}")
            words = [kind for kind in classes(hints[name]) if issubclass(kind, enum.Enum)]
            given[name] = words[0](value) if words else value
        for name, value in (headers or {}).items():
            parameter = name.lower().replace("-", "_")
            if parameter not in hints:
                raise self.wrong(f"{method} {path} has no header {name}")
            given[parameter] = value
        if body is not None and "body" not in hints:
            if body:
                raise self.wrong(f"{method} {path} takes no body")
        elif body is not None:
            given["body"] = self.body(hints["body"], body)
        return module.sync_detailed(client=self.client, **given)

    def ask(self, method, path, body=None, headers=None):
        answer = self.call(method, path, body, headers)
        what = f"{method} {path} answered {int(answer.status_code)}"
        if int(answer.status_code) not in (200, 201, 202):
            raise self.wrong(f"{what}: {answer.content.decode(errors='replace')[:600]}")
        if answer.headers.get("content-type", "").split(";")[0] != "application/json":
            if answer.parsed is None:
                raise self.wrong(f"{what}, which the client does not know")
            return answer.content
        came = json.loads(answer.content)
        if answer.parsed is None:
            raise self.wrong(f"{what}, which the client does not know")
        self.same(answer.parsed.to_dict(), came, what)
        self.nothing_new(answer.parsed, what)
        return came

    def same(self, read, came, where):
        """What the model read must be what came: a time or a number may be written otherwise."""
        if isinstance(came, dict) and isinstance(read, dict):
            for name in came.keys() | read.keys():
                if name not in came or name not in read:
                    raise self.wrong(f"{where}: {name} is on one side only")
                self.same(read[name], came[name], f"{where}.{name}")
        elif isinstance(came, list) and isinstance(read, list) and len(came) == len(read):
            for number, (one, other) in enumerate(zip(read, came)):
                self.same(one, other, f"{where}[{number}]")
        elif read != came and not (isinstance(came, str) and str(read).replace("+00:00", "Z")[:19] == came[:19]):
            raise self.wrong(f"{where}: {came!r} was read as {read!r}")

    def nothing_new(self, model, where):
        """A property that the document does not know lands among the additional ones."""
        for name in (field.name for field in type(model).__attrs_attrs__):
            value = getattr(model, name)
            if name == "additional_properties":
                unknown = [key for key in value if not self.is_map(model)]
                if unknown:
                    raise self.wrong(f"{where}: {type(model).__name__} has no {', '.join(unknown)}")
            for item in value if isinstance(value, list) else [value]:
                if hasattr(item, "additional_properties"):
                    self.nothing_new(item, f"{where}.{name}")

    @staticmethod
    def is_map(model):
        return not [field for field in type(model).__attrs_attrs__ if field.name != "additional_properties"]


def main():
    folder, base = sys.argv[1:]
    journey = load_journey()
    journey.multipart = lambda *parts: (Upload(*parts), None)
    server = Generated(folder, base, journey.Wrong)
    run = journey.secrets.token_hex(4)
    try:
        campaign, creator = journey.find(server, run)
        journey.reach(server, campaign, creator)
        journey.agree(server, campaign, creator)
        journey.measure(server, campaign, creator, run)
    except (journey.Wrong, KeyError, ValueError, TypeError, AttributeError) as fault:
        raise SystemExit(f"\nwalk.py: {type(fault).__name__}: {fault}") from fault
    print(f"\nThe Python client walked all six steps, by {len(server.asked)} operations.")


if __name__ == "__main__":
    main()
