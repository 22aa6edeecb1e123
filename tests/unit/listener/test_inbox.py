"""The inbox: what it returned is on disk, in its order, and a damaged or used one is refused."""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mllp_senders import apart, kept, message

from beamclaim.errors import SettingError
from beamclaim.ingest.hl7v2.mapping import Mapping, Sender
from beamclaim.listener import inbox as inboxes
from beamclaim.listener.desk import Desk
from beamclaim.listener.inbox import Arrival, Full, Inbox, Unsafe


def test_a_message_is_a_private_file_named_by_its_hash_in_its_month(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    with Inbox(folder) as inbox:
        Desk(inbox).take([message(), message("M2", MSH_7=""), message("M3", MSH_7="../../x")])
        assert inbox.count() == {"AA": 2, "AE": 1}
    assert [path.parent.name for path in kept(folder)] == ["2026-03", "undated"]
    for path in [*kept(folder), *apart(folder), folder / ".index" / "index.sqlite"]:
        assert path.stat().st_mode & 0o077 == 0
    assert {p.stat().st_mode & 0o777 for p in folder.iterdir()} == {0o700}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]


def test_a_group_may_hold_one_message_twice(tmp_path: Path) -> None:
    with Inbox(tmp_path / "in") as inbox:
        replies = Desk(inbox).take([message(), message(), message(FT1_10="7"), message("M2")])
    assert replies[0] == replies[1]
    assert [b"MSA|AA" in reply for reply in replies] == [True, True, False, True]
    assert (len(kept(tmp_path / "in")), len(apart(tmp_path / "in"))) == (2, 1)


def arrival(raw: bytes = b"MSH", code: str = "AA") -> Arrival:
    return Arrival(
        "S|F", "1", f"{hash(raw):x}", raw, "2026-03", code, b"reply", "2026-03-03T08:00:00", lambda: b"other"
    )


def test_what_was_quarantined_may_be_accepted_later(tmp_path: Path) -> None:
    with Inbox(tmp_path / "in") as inbox:
        (first,) = inbox.keep([arrival(code="AE")])
        (again,) = inbox.keep([replace(arrival(code="AE"), reply=b"another")])
        (later,) = inbox.keep([replace(arrival(), reply=b"accepted")])
        assert (first.outcome, again, later.outcome) == ("quarantined", ("again", b"reply"), "accepted")
        assert inbox.count() == {"AA": 1}


class Steps:
    """The calls that make things durable, in their order; one of them may fail."""

    def __init__(self, patch: pytest.MonkeyPatch, fail: str = "") -> None:
        self.log: list[str] = []
        self.fail_at = (fail, 1)
        for name in ("open", "write", "fsync"):
            patch.setattr(os, name, self._watched(name, getattr(os, name)))
        rename = Path.rename
        patch.setattr(Path, "rename", self._watched("rename", rename))

    def _watched(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            if name == "open" and not str(given[0]).endswith(".part"):
                return call(*given, **named)
            self._step("fsync folder" if name == "fsync" and Path(f"/dev/fd/{given[0]}").is_dir() else name)
            return call(*given, **named)

        return watched

    def _step(self, name: str) -> None:
        self.log.append(name)
        if (name, self.log.count(name)) == self.fail_at:
            raise OSError(28, "No space left on device")


def test_a_file_is_flushed_then_named_then_its_folder_flushed_then_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Inbox(tmp_path / "in") as inbox:
        steps = Steps(monkeypatch)
        inbox._index.set_trace_callback(lambda sql: steps.log.append(sql.split()[0]))
        inbox.keep([arrival()])
        inbox._index.set_trace_callback(None)
        monkeypatch.undo()
    assert [s for s in steps.log if s != "SELECT"] == [
        "BEGIN", "open", "write", "fsync", "rename", "INSERT", "fsync folder", "fsync folder", "COMMIT"
    ]  # fmt: skip


@pytest.mark.parametrize("step", ["open", "write"])
def test_a_full_disk_refuses_the_group_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = tmp_path / "in"
    told: list[str] = []
    with Inbox(folder) as inbox:
        Steps(monkeypatch, step)
        desk = Desk(inbox, log=told.append)
        replies = desk.take([message(), message("M2")])
        assert len(replies) == 2 and all(b"MSA|AR" in reply and b"E-HL7-023" in reply for reply in replies)
        monkeypatch.undo()
        assert not kept(folder) and not list(folder.glob("*/.*.part"))
        assert inbox.count() == {}
        assert b"MSA|AA" in desk.take([message()])[0]
    assert any("make room" in line for line in told)


def test_a_group_that_does_not_fit_leaves_none_of_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Inbox(tmp_path / "in") as inbox:
        steps = Steps(monkeypatch)
        steps.fail_at = ("write", 2)
        with pytest.raises(Full):
            inbox.keep([arrival(), replace(arrival(b"MSH2"), control_id="2")])
        monkeypatch.undo()
        assert not kept(tmp_path / "in") and inbox.count() == {}


@pytest.mark.parametrize("step", ["fsync", "rename", "fsync folder"])
def test_a_flush_that_fails_ends_it_without_a_reply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    with Inbox(tmp_path / "in") as inbox:
        Steps(monkeypatch, step)
        with pytest.raises(Unsafe):
            Desk(inbox).take([message()])
        monkeypatch.undo()
    with Inbox(tmp_path / "in") as inbox:  # the sender, without a reply, sends again
        assert inbox.count() == {}
        assert b"MSA|AA" in Desk(inbox).take([message()])[0]
    assert len(kept(tmp_path / "in")) == 1


class Failing(Mapping):
    """A mapping that breaks on one sender, as a bug of ours would."""

    def of(self, application: str, facility: str) -> Sender:
        if application == "ODD":
            raise RuntimeError("CANARY")
        return super().of(application, facility)


def test_a_message_our_own_code_fails_on_is_refused_alone(tmp_path: Path) -> None:
    told: list[str] = []
    with Inbox(tmp_path / "in") as inbox:
        replies = Desk(inbox, Failing(senders=[]), told.append).take([message(MSH_3="ODD"), message("M2")])
    assert b"MSA|AR|M1\r" in replies[0] and b"MSA|AA|M2\r" in replies[1]
    assert "internal error: RuntimeError" in told[0] and not any("CANARY" in line for line in told)


def test_what_a_crash_left_half_written_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    with Inbox(folder) as inbox:
        inbox.keep([arrival()])
    left = folder / "2026-03" / ".abc.hl7.part"
    left.write_bytes(b"MSH")
    with Inbox(folder):
        assert not left.exists()
    assert len(kept(folder)) == 1


def test_one_listener_at_a_time(tmp_path: Path) -> None:
    with Inbox(tmp_path / "in"), pytest.raises(SettingError, match="in use"):
        Inbox(tmp_path / "in")
    with Inbox(tmp_path / "in"):
        pass


def test_an_index_that_is_none_or_newer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in" / ".index").mkdir(parents=True)
    index = tmp_path / "in" / ".index" / "index.sqlite"
    index.write_bytes(b"no database" * 100)
    with pytest.raises(SettingError):
        Inbox(tmp_path / "in")
    index.unlink()
    with Inbox(tmp_path / "in"):
        pass
    newer = sqlite3.connect(index)
    newer.execute(f"PRAGMA user_version = {inboxes.SCHEMA + 1}")
    newer.close()
    with pytest.raises(SettingError, match="newer"):
        Inbox(tmp_path / "in")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingError, match="local disk"):
        Inbox(tmp_path / "file" / "in")
