"""The W&B mirror of a run: off, offline or online. The truth is in history.jsonl and metrics.json, which need none."""

import math
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from common.config import digest
from common.errors import UserError, unknown

MODES = ("off", "offline", "online")
PROJECT = "road-to-attention"
# An online run that cannot reach its server starts this many seconds later, and then offline.
INIT_SECONDS = 15
# At the end of an online run, the longest wait for uploads; what is left stays on disk for `wandb sync`.
FINISH_SECONDS = 120


def _wandb() -> Any:
    """Imported where it is used: whoever tracks nothing does not wait for it."""
    import wandb

    return wandb


def resolve_mode(requested: str | None) -> str:
    """The mode that is `requested`, else that of ROAD_TRACK, else off. No network, no prompt.

    Raises UserError for an unknown mode, and for online without an API key.
    """
    mode = requested or os.environ.get("ROAD_TRACK") or "off"
    if mode not in MODES:
        raise unknown("tracking mode", mode, MODES)
    if mode == "online" and not _has_key():
        raise UserError("tracking online needs a W&B API key and found none: set WANDB_API_KEY, or track offline")
    return mode


def _has_key() -> bool:
    """Whether wandb would find a key by itself: in the environment, its settings file or netrc."""
    if os.environ.get("WANDB_API_KEY") or os.environ.get("WANDB_IDENTITY_TOKEN_FILE"):
        return True
    try:
        from wandb.sdk.lib.wbauth import read_netrc_auth
    except ImportError:  # private, and elsewhere in other versions; then the environment is the way to give a key
        return False
    # Not wandb.setup(), which would do all this but starts a process.
    settings = _wandb().Settings()
    config_folder = Path(os.environ.get("WANDB_CONFIG_DIR", "~/.config/wandb")).expanduser()
    settings.settings_system = str(config_folder / "settings")
    settings.update_from_system_settings()
    settings.update_from_env_vars(dict(os.environ))
    return bool(settings.api_key or read_netrc_auth(host=settings.base_url))


class Tracker:
    """Sends to one W&B run, or does nothing if there is none."""

    def __init__(self, run: Any = None):
        self._run = run

    def log(self, values: Mapping[str, float], step: int) -> None:
        """values: numbers by name, all of one seed. step: that seed's own step, which is their x-axis."""
        self._send(lambda run: run.log({**values, "step": step}))

    def summary(self, metrics: Mapping[str, Sequence[Any]]) -> None:
        """metrics: one value per seed by name. Keeps the median of the finite numbers; what has none is left out."""
        medians = {}
        for name, values in metrics.items():
            numbers = [float(v) for v in values if isinstance(v, int | float) and math.isfinite(v)]
            if numbers:
                medians[name] = statistics.median(numbers)
        self._send(lambda run: run.summary.update(medians))

    def image(self, name: str, path: Path) -> None:
        """path: a PNG file."""
        self._send(lambda run: run.log({name: _wandb().Image(str(path))}))

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """rows: one value per column each."""
        data = [list(row) for row in rows]
        self._send(lambda run: run.log({name: _wandb().Table(columns=list(columns), data=data, allow_mixed_types=True)}))

    def _send(self, send: Callable[[Any], None]) -> None:
        """Training goes on without its mirror if wandb's helper process dies."""
        if self._run is None:
            return
        try:
            send(self._run)
        except ConnectionError as error:
            print(f"W&B mirror lost ({error}); this run goes on without it", file=sys.stderr)
            self._run = None


def run_id(*, job_type: str, group: str, name: str, tags: Sequence[str], config: Mapping[str, Any]) -> str:
    """The same for the same work, so that a job that goes on, or is done again, is the same run on W&B.

    Of the tags only the first counts, the tier: a commit that leaves the code of a run as it was is no new run.
    """
    return digest([group, name, job_type, list(tags[:1]), config])


@contextmanager
def start(
    track: str | None,
    *,
    job_type: str,
    group: str,
    name: str,
    tags: Sequence[str],
    config: Mapping[str, Any],
    folder: Path,
) -> Iterator[Tracker]:
    """Yields the tracker of one run, whose files go to `folder`/wandb; an exception ends it as failed.

    track: as for `resolve_mode`, which says what raises UserError. An online run that W&B does not accept is kept
    offline, with a line that says why.
    """
    mode = resolve_mode(track)
    if mode == "off":
        yield Tracker()
        return
    identity = run_id(job_type=job_type, group=group, name=name, tags=tags, config=config)
    facts = {
        "project": PROJECT, "id": identity, "resume": "allow", "job_type": job_type, "group": group, "name": name,
        "tags": [tag for tag in tags if tag], "config": dict(config), "dir": str(folder),
    }  # fmt: skip
    with _environment(folder / "wandb"):
        run = _begin(mode, facts)
        exit_code = 1
        try:
            # W&B's own step must grow all through a run, while each seed counts from 1 and a run that goes on logs
            # some lines twice. So lines carry the seed's step as a field, and every chart is drawn against it. The
            # summary is the medians over seeds alone, not the last value of every seed.
            run.define_metric("*", step_metric="step", summary="none")
            yield Tracker(run)
            exit_code = 0
        finally:
            with suppress(ConnectionError):
                run.finish(exit_code=exit_code)
            with suppress(ConnectionError):
                _wandb().teardown()  # the helper process ends here, and not at some later exit


def _begin(mode: Any, facts: Mapping[str, Any]) -> Any:
    wandb = _wandb()
    wanted: dict[str, Any] = {
        "silent": True, "console": "off", "disable_git": True, "disable_code": True, "save_code": False,
        "init_timeout": INIT_SECONDS, "finish_timeout": FINISH_SECONDS, "x_disable_stats": True, "x_disable_meta": True,
    }  # fmt: skip
    # The names in x_ are private to wandb and come and go with its versions.
    settings = wandb.Settings(**{key: value for key, value in wanted.items() if key in wandb.Settings.model_fields})
    try:
        return wandb.init(mode=mode, settings=settings, **facts)
    except wandb.Error as error:
        if mode == "offline":
            raise
        reason = str(error).splitlines()[0]
        print(f"W&B online failed ({reason}); this run is kept offline, see `wandb sync`", file=sys.stderr)
        wandb.teardown()  # or the id would count as in use
        return wandb.init(mode="offline", settings=settings, **facts)


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """Keeps what wandb writes inside `folder`, and wandb silent, for a while.

    Its configuration folder stays where it is: wandb only reads there, and a login and its server may stand in it.
    """
    changes = {"WANDB_DATA_DIR": str(folder / "data"), "WANDB_CACHE_DIR": str(folder / "cache"),
               "WANDB_SILENT": "true", "WANDB_ERROR_REPORTING": "false"}  # fmt: skip
    before = {key: os.environ.get(key) for key in changes}
    folder.mkdir(parents=True, exist_ok=True)  # where it is missing wandb falls back to the temporary directory
    os.environ.update(changes)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value
