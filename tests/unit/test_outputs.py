"""Laws of what a run writes: checked before it begins, all of it or nothing, nobody else's files
touched.
"""

import os
import stat
import subprocess
import sys

import pytest
from sar_optical_align.plugin.core import outputs as module
from sar_optical_align.plugin.core import parts
from sar_optical_align.plugin.core.atomic import write_atomically
from sar_optical_align.plugin.core.errors import OutputError, UsageError
from sar_optical_align.plugin.core.outputs import Outputs, output_folder, refuse_without_room
from sar_optical_align.plugin.core.run.locking import Lock

POSIX = pytest.mark.skipif(
    sys.platform == "win32", reason="no FIFOs, devices and symbolic links there"
)


def write(outputs, *paths, text="new"):
    for path in paths:
        outputs.part(path).write_text(text)


def tree(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_all_appear_on_delivery_and_none_before(tmp_path):
    paths = [tmp_path / "a.tif", tmp_path / "b.json"]
    with Outputs([*paths, None], raster=paths[0]) as outputs:
        write(outputs, *paths)
        assert not any(p.exists() for p in paths)
        outputs.deliver()
    assert tree(tmp_path) == {"a.tif": b"new", "b.json": b"new"}


def test_without_delivery_nothing_is_changed(tmp_path):
    (tmp_path / "a.tif").write_text("old")
    with Outputs([tmp_path / "a.tif"], raster=tmp_path / "a.tif") as outputs:
        write(outputs, tmp_path / "a.tif")
        outputs.part(tmp_path / "a.tif").with_name(
            f"{outputs.part(tmp_path / 'a.tif').name}.aux.xml"
        ).write_text("of the part")
    assert tree(tmp_path) == {"a.tif": b"old"}


@pytest.mark.parametrize("fails", [0, 1, 2])
def test_one_that_cannot_be_put_in_place_brings_all_back(tmp_path, monkeypatch, fails):
    paths = [tmp_path / name for name in ("a.tif", "b.json", "c.csv")]
    paths[0].write_text("old")
    before, real, calls = tree(tmp_path), os.replace, []

    def replace(source, target):
        calls.append(target)
        if len(calls) == fails + 1:
            raise OSError(28, "No space left on device")
        real(source, target)

    with Outputs(paths) as outputs:
        write(outputs, *paths)
        monkeypatch.setattr(os, "replace", replace)
        with pytest.raises(OutputError, match="No space"):
            outputs.deliver()
    assert tree(tmp_path) == before


def test_brings_back_where_the_disk_knows_no_second_names(tmp_path, monkeypatch):
    paths = [tmp_path / "a", tmp_path / "b"]
    paths[0].write_text("old")

    def no_links(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    with Outputs(paths) as outputs:
        write(outputs, *paths)
        outputs.deliver()
    assert tree(tmp_path) == {"a": b"new", "b": b"new"}


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_file_that_appears_meanwhile_is_replaced_only_if_asked(tmp_path, overwrite):
    path = tmp_path / "a.tif"
    with Outputs([path], overwrite=overwrite) as outputs:
        write(outputs, path)
        path.write_text("of another")
        if overwrite:
            outputs.deliver()
        else:
            with pytest.raises(OutputError, match="exists already"):
                outputs.deliver()
    assert tree(tmp_path) == {"a.tif": b"new" if overwrite else b"of another"}


def test_an_existing_file_is_refused_before_the_work(tmp_path):
    (tmp_path / "a.tif").write_text("old")
    with pytest.raises(OutputError, match="exists already"):
        Outputs([tmp_path / "a.tif"], overwrite=False)


@POSIX
@pytest.mark.parametrize("how", ["itself", "link", "hard link", "dotted"])
def test_an_output_is_never_an_input_under_whatever_name(tmp_path, how):
    source, name = tmp_path / "source.tif", tmp_path / "name.tif"
    source.write_text("input")
    if how == "link":
        name.symlink_to(source)
    elif how == "hard link":
        name.hardlink_to(source)
    (tmp_path / "sub").mkdir()
    output = {"itself": source, "dotted": tmp_path / "sub" / ".." / "source.tif"}.get(how, name)
    for given in (
        {"inputs": [str(source)]},
        {"read_too": [str(source)]},
        {"inputs": [f"/vsizip/{source}/inside.tif"]},
        {"inputs": [f"/vsizip{source}/x"]},
    ):
        with pytest.raises(OutputError, match="input"):
            Outputs([output], **given)


@POSIX
@pytest.mark.parametrize("how", ["same", "case", "link", "hard link", "folder link"])
def test_two_outputs_are_never_one_file(tmp_path, how):
    (tmp_path / "d").mkdir()
    first, second = tmp_path / "d" / "a.csv", tmp_path / "d" / "b.csv"
    if how == "same":
        second = tmp_path / "d" / "a.csv"
    elif how == "case":
        second = tmp_path / "d" / "A.CSV"
    elif how == "link":
        second.symlink_to(first)
    elif how == "hard link":
        first.write_text("old")
        second.hardlink_to(first)
    else:
        (tmp_path / "e").symlink_to(tmp_path / "d")
        second = tmp_path / "e" / "a.csv"
    with pytest.raises(UsageError, match="one file"):
        Outputs([first, second])


@POSIX
@pytest.mark.parametrize(
    "kind",
    [
        "fifo",
        "device",
        "folder",
        "loop",
        "missing folder",
        "file as folder",
        "too long",
        "not UTF-8",
        "nul",
    ],
)
def test_what_cannot_be_an_ordinary_file_is_refused_with_a_sentence(tmp_path, kind):
    path = tmp_path / "x"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = "/dev/null"
    elif kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "file as folder":
        path.write_text("")
        path = path / "y.tif"
    else:
        path = {
            "missing folder": tmp_path / "no" / "x",
            "too long": tmp_path / ("x" * 300),
            "not UTF-8": os.fsdecode(b"\xff.tif"),
            "nul": "a\0b",
        }[kind]
    with pytest.raises(OutputError) as caught:
        Outputs([path])
    assert caught.value.hint
    str(caught.value).encode("utf-8")
    assert caught.value.exit_code == 3


@POSIX
def test_a_folder_that_is_gone_is_told(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(OutputError, match="current folder"):
        Outputs(["x.tif"])


def test_a_name_of_the_longest_length_is_written(tmp_path):
    path = tmp_path / ("ä" * 100 + "x" * 51 + ".tif")
    write_atomically(path, "new")
    assert path.read_text() == "new"
    path.unlink()
    with Outputs([path], raster=path) as outputs:  # the names of sidecars would be too long
        outputs.part(path).write_text("raster")
        outputs.deliver()
    assert path.read_text() == "raster"


@pytest.mark.parametrize("suffix", [".msk", ".ovr", ".aux.xml"])
def test_sidecars_of_a_new_name_are_not_ours(tmp_path, suffix):
    raster, stranger = tmp_path / "new.tif", tmp_path / f"new.tif{suffix}"
    stranger.write_text("mine")
    with pytest.raises(OutputError, match=stranger.name):
        Outputs([raster], raster=raster)
    with Outputs([raster]) as outputs:  # no raster: nothing belongs to it
        write(outputs, raster)
        outputs.deliver()
    assert stranger.read_text() == "mine"


def test_sidecars_of_a_raster_replaced_go_with_it(tmp_path):
    raster = tmp_path / "old.tif"
    for name in (
        "old.tif",
        "old.tif.msk",
        "old.tif.ovr",
        "old.tif.aux.xml",
        "old.tfw",
        "other.tif.msk",
    ):
        (tmp_path / name).write_text("old")
    with Outputs([raster], raster=raster) as outputs:
        write(outputs, raster)
        outputs.deliver()
    assert tree(tmp_path) == {"old.tif": b"new", "other.tif.msk": b"old"}


@POSIX
def test_a_link_stays_one_and_its_target_is_written(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.json").write_text("old")
    (tmp_path / "a.json").symlink_to(tmp_path / "real" / "a.json")
    write_atomically(tmp_path / "a.json", "new")
    assert (tmp_path / "a.json").is_symlink()
    assert (tmp_path / "real" / "a.json").read_text() == "new"


@POSIX
def test_permissions_are_those_of_a_new_file(tmp_path):
    mask = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a", "x")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_what_is_said_of_a_part_is_meant_of_the_file(tmp_path):
    with pytest.raises(OutputError) as caught, Outputs([tmp_path / "a.tif"]) as outputs:
        raise OutputError(f"Cannot write {outputs.part(tmp_path / 'a.tif')}: full.")
    assert str(tmp_path / "a.tif:") in caught.value.message
    assert ".part" not in str(caught.value)


def test_room_is_asked_for(tmp_path):
    free = module.shutil.disk_usage(tmp_path).free
    refuse_without_room(tmp_path, 1000, packed=False)
    refuse_without_room(tmp_path, 2 * free, packed=True)
    with pytest.raises(OutputError, match="room"):
        refuse_without_room(tmp_path, 2 * free, packed=False)


def test_a_folder_of_outputs_is_made_and_checked(tmp_path):
    output_folder(tmp_path / "a" / "b", ["x.json"])
    (tmp_path / "a" / "b" / "x.json").write_text("old")
    with pytest.raises(OutputError, match="exists already"):
        output_folder(tmp_path / "a" / "b", ["x.json"], overwrite=False)
    with pytest.raises(OutputError):
        output_folder(tmp_path / "a" / "b" / "x.json", ["x.json"])


LEFT = """
import os, sys
sys.path.insert(0, {path!r})
import importlib.util
spec = importlib.util.spec_from_file_location("parts", {file!r})
parts = importlib.util.module_from_spec(spec)
spec.loader.exec_module(parts)
from pathlib import Path
for name in ("a.tif", "b.gpkg", "c"):
    part = parts.part_of(Path({folder!r}) / name)
    part.write_text("half")
    Path(f"{{part}}.aux.xml").write_text("half")
os._exit(9)
"""


def test_what_dead_processes_left_is_collected_and_nothing_else(tmp_path):
    living = parts.part_of(tmp_path / "living.tif")
    mine = [
        living,
        tmp_path / "a.tif",
        tmp_path / ".a-1234abcd.part.tif",
        tmp_path / "-p1-2-abcdef-01234567.part.tif",
    ]
    for path in mine:
        path.write_text("kept")
    subprocess.run(
        [
            sys.executable,
            "-c",
            LEFT.format(path=".", file=parts.__file__.replace("pyc", "py"), folder=str(tmp_path)),
        ],
        check=False,
    )
    assert len(list(tmp_path.iterdir())) == len(mine) + 6
    write_atomically(tmp_path / "new.json", "x")
    assert set(tmp_path.iterdir()) == {*mine, tmp_path / "new.json"}


def test_processes_are_told_apart_by_their_start():
    own = parts.started(os.getpid())
    assert parts.alive(os.getpid(), own)
    if own:
        assert not parts.alive(os.getpid(), own + 1)


def test_a_lock_is_held_by_one_and_names_it(tmp_path):
    path = tmp_path / "out.jsonl"
    with Lock(path), pytest.raises(OutputError, match=f"process {os.getpid()} on "), Lock(path):
        pass
    with Lock(path) as lock:
        assert lock.notes == []
    assert not list(tmp_path.iterdir())


def test_notes_outlive_their_holder_until_they_are_dealt_with(tmp_path):
    path = tmp_path / "out.jsonl"

    def die(*notes):
        with Lock(path) as lock:
            seen = list(lock.notes)
            for note in notes:
                lock.note(note)
            if notes:
                lock.settle()
                lock.note({"b": 2})
            raise RuntimeError(seen)

    with pytest.raises(RuntimeError, match=r"^\[\]$"):
        die({"a": 1})
    for _ in range(2):  # also where the next holder fails
        with pytest.raises(RuntimeError, match="'b': 2"):
            die()
    with Lock(path) as lock:
        assert lock.notes == [{"b": 2}]
        lock.notes = []
    assert not list(tmp_path.iterdir())
