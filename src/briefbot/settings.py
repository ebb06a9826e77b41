"""Every setting, its default and unit; read from options, BRIEFBOT_*, briefbot.toml, defaults."""

from __future__ import annotations

import os
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as UnparsableSettingError

from briefbot.errors import SettingsError

CONFIG_FILE = "briefbot.toml"
BUILT_IN_MODEL = "all-MiniLM-L6-v2"
"""The name that stands for the weights installed with the package."""
_ENV_PREFIX = "BRIEFBOT_"


class Settings(BaseSettings):
    """BriefBot's settings; see `briefbot.example.toml` for the same list with comments."""

    model_config = SettingsConfigDict(
        env_prefix=_ENV_PREFIX, extra="forbid", frozen=True, toml_file=CONFIG_FILE
    )

    corpus_dir: Path = Field(Path("corpus"), description="Folder of documents to index.")
    index_dir: Path = Field(Path("index"), description="Folder that holds the built index.")

    max_file_mb: int = Field(50, ge=1, le=2000, description="Largest file of the corpus, MB.")
    max_pages: int = Field(
        2000, ge=1, le=100_000, description="Most pages, slides or sheets of one file."
    )
    parse_timeout_s: float = Field(
        120, gt=0, le=3600, description="Longest time to read one file, seconds."
    )
    parse_memory_mb: int = Field(
        2000, ge=200, le=100_000, description="Most memory to read one file, MB."
    )

    embedding_model: str = Field(
        BUILT_IN_MODEL,
        min_length=1,
        description="Built-in model, a folder, or any sentence-transformers name.",
    )
    chunk_tokens: int = Field(
        192,
        ge=32,
        le=8192,
        description="Word pieces of a passage, its title and headings included.",
    )
    overlap_sentences: int = Field(
        1, ge=0, le=10, description="Sentences that a passage repeats from the one before."
    )

    top_k: int = Field(
        8, ge=1, le=100, description="Passages kept for an answer and shown with it."
    )
    read_depth: int = Field(10, ge=1, le=100, description="Passages that the reader reads.")
    dense_weight: float = Field(
        0.4, ge=0, le=1, description="Share of the dense score in the fusion with BM25."
    )
    search_chars: int = Field(
        1500,
        ge=0,
        le=20_000,
        description="Characters up to which search adds the sentences around its best passage.",
    )
    reranker: str = Field(
        "",
        description="CrossEncoder that orders passages, a folder or a name; empty for the reader.",
    )
    max_statements: int = Field(4, ge=1, le=12, description="Sentences in an answer at most.")
    strictness: float = Field(
        0.35, ge=0, le=1, description="Probability of an answer below which BriefBot refuses."
    )
    history_turns: int = Field(3, ge=0, le=20, description="Earlier turns that a question sees.")
    question_max_chars: int = Field(2000, ge=50, description="Longest question in characters.")

    model: str = Field(
        "", description="Chat model as provider:name; empty for the built-in answerer."
    )
    model_url: str = Field(
        "", description="Address of an OpenAI-compatible server, for a model openai:NAME."
    )
    model_timeout_s: float = Field(60, gt=0, description="Longest wait for a chat model, seconds.")
    model_threads: int = Field(
        0, ge=0, le=256, description="Threads of a local: model; 0 for one per core."
    )
    model_chars: int = Field(
        0,
        ge=0,
        description="Most characters of passages that the chat model reads, the best sentences "
        "first; 0 for all, and for a local: model 1600.",
    )
    model_price_input: float = Field(0, ge=0, description="Price of a million tokens read.")
    model_price_output: float = Field(0, ge=0, description="Price of a million tokens written.")
    ask_model_when_refused: bool = Field(
        False, description="Ask the chat model even below the strictness."
    )

    host: str = Field("127.0.0.1", description="Address that the web chat listens on.")
    port: int = Field(7860, ge=1, le=65535, description="Port of the web chat.")
    open_browser: bool = Field(False, description="Open the web chat in the default browser.")
    examples: tuple[str, ...] = Field(
        (
            "What did Ishiba propose, and why?",
            "How do Colby and Ratner differ?",
            "What benefits would an Asian NATO bring?",
            "What do Germany and the United Kingdom bring to NATO?",
        ),
        description="Questions offered on the empty page.",
    )
    library: Literal["open", "signed-in", "off"] = Field(
        "open", description="Who may add and remove documents in the web chat."
    )
    fetch_private: bool = Field(
        False, description="Let the library fetch addresses of this machine and private networks."
    )
    auth_users: tuple[SecretStr, ...] = Field(
        (),
        exclude=True,  # never written out, not even masked
        description="Who may sign in, each as name:password; from the environment only.",
    )

    @field_validator("auth_users")
    @classmethod
    def _require_names_and_passwords(cls, pairs: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        names = [pair.get_secret_value().partition(":") for pair in pairs]
        if any(not name.strip() or not password for name, _, password in names):
            raise ValueError("each entry is name:password")  # without the entry: it is a secret
        twice = [name for name, times in Counter(name for name, _, _ in names).items() if times > 1]
        if twice:
            raise ValueError(f"{', '.join(twice)} is named twice")
        return pairs

    def users(self) -> dict[str, SecretStr]:
        """Map the names of those who may sign in to their passwords."""
        pairs = (pair.get_secret_value().partition(":") for pair in self.auth_users)
        return {name.strip(): SecretStr(password) for name, _, password in pairs}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: options first, then the environment, then briefbot.toml."""
        file = TomlConfigSettingsSource(settings_cls)
        if "auth_users" in file.toml_data:
            raise SettingsError(
                f"{CONFIG_FILE} holds auth_users, and a file is no place for passwords.",
                hint=f"Delete it there and set {_ENV_PREFIX}AUTH_USERS in the environment.",
            )
        return init_settings, env_settings, file


def load_settings(**options: Any) -> Settings:
    """Read the settings in force; an option that is None counts as not given.

    Raises:
        SettingsError: Naming each key that is unknown, malformed or out of range.
    """
    given = {key: value for key, value in options.items() if value is not None}
    _require_known_environment()
    try:
        return Settings(**given)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise SettingsError(
            f"The settings are not valid ({problems}).",
            hint=f"Correct the option, {_ENV_PREFIX}* variable or {CONFIG_FILE}; "
            "briefbot.example.toml shows every key.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{CONFIG_FILE} is not TOML ({error}).", hint="Correct that line."
        ) from error
    except UnparsableSettingError as error:
        raise SettingsError(
            f"A {_ENV_PREFIX}* variable is not JSON ({error}).",
            hint="Write a list as JSON, for example BRIEFBOT_EXAMPLES='[\"What is it?\"]'.",
        ) from error


def _require_known_environment() -> None:
    known = {f"{_ENV_PREFIX}{name}".upper() for name in Settings.model_fields}
    unknown = sorted(
        key
        for key in os.environ
        if key.upper().startswith(_ENV_PREFIX) and key.upper() not in known
    )
    if unknown:
        raise SettingsError(
            f"Unknown environment variable {', '.join(unknown)}.",
            hint="Unset it, or see briefbot.example.toml for the names of the settings.",
        )
