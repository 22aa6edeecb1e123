"""`beamclaim.toml` of a clinic's folder → its settings; anything not understood is refused."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from beamclaim.errors import SettingError

FILE = "beamclaim.toml"
_KNOWN = {"policy": {"folder"}, "claims": {"mac"}}
#: A jurisdiction of a Medicare contractor: J and a number, or a letter.
MAC = re.compile(r"J(?:[1-9]|1[0-9]|[A-Z])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is said once for all runs; null where it is not.

    `policy`: the folder of the clinic's own and imported policy tables. `mac`: the jurisdiction of its Medicare contractor,
    which an 837 never says.
    """

    policy: Path | None = None
    mac: str | None = None


def settings(folder: Path) -> Settings:
    """The settings in `folder`; the defaults where it has no `beamclaim.toml`.

    A relative path counts from `folder`. Raises SettingError: not TOML, an unknown table or key, a folder that is none.
    """
    path = folder / FILE
    if not path.exists():
        return Settings()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path}: this is not TOML ({error}).") from error
    for table, keys in content.items():
        if table not in _KNOWN:
            raise SettingError(f"{path}: there is no setting {table!r}. Known tables: {', '.join(sorted(_KNOWN))}.")
        if not isinstance(keys, dict):
            raise SettingError(f"{path}: {table} is a table. Write [{table}] on a line of its own.")
        for key in keys:
            if key not in _KNOWN[table]:
                known = ", ".join(sorted(_KNOWN[table]))
                raise SettingError(f"{path}: [{table}] has no setting {key!r}. Known there: {known}.")
    mac = content.get("claims", {}).get("mac")
    if mac is not None:
        mac = _jurisdiction(path, mac)
    folder_name = content.get("policy", {}).get("folder")
    if folder_name is None:
        return Settings(mac=mac)
    if not isinstance(folder_name, str) or not folder_name:
        raise SettingError(f'{path}: [policy] folder is a path in quotes, as folder = "beamclaim-policy".')
    own_tables = folder / folder_name
    if not own_tables.is_dir():
        raise SettingError(f"{path}: [policy] folder {folder_name!r} is no folder. Create it, or correct its name.")
    return Settings(own_tables, mac)


def _jurisdiction(path: Path, mac: object) -> str:
    from beamclaim.policy.contractors import jurisdiction_of

    if not isinstance(mac, str):
        raise SettingError(f'{path}: [claims] mac is a jurisdiction in quotes, as mac = "J15" or mac = "JE".')
    try:
        return jurisdiction_of(mac)
    except SettingError as error:
        raise SettingError(f"{path}: [claims] mac: {error}.") from error
