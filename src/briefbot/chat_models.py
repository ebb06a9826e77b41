"""A setting such as `openai:gpt-5` → a LangChain chat model, with what it needs checked first."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any, NamedTuple

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

from briefbot.errors import ChatModelError, MissingExtraError, SettingsError
from briefbot.model_files import LOCAL_PREFIX, local_model_file


class _Provider(NamedTuple):
    """What a provider needs.

    Attributes:
        package: The Python package.
        extra: The extra of this project that installs it.
        key: The environment variable of its key; empty if it needs none.
        address: The option for another server's address; empty if there is none.
        options: Further options; `{timeout}` stands for the timeout in seconds.
    """

    package: str
    extra: str
    key: str
    address: str
    options: dict[str, Any]


_TIMEOUT = "{timeout}"
_PROVIDERS = {
    "ollama": _Provider(
        "langchain_ollama", "ollama", "", "base_url", {"client_kwargs": {"timeout": _TIMEOUT}}
    ),
    "openai": _Provider(
        "langchain_openai",
        "openai",
        "OPENAI_API_KEY",
        "base_url",
        {"timeout": _TIMEOUT, "max_retries": 0, "stream_usage": True},
    ),
    "anthropic": _Provider(
        "langchain_anthropic",
        "anthropic",
        "ANTHROPIC_API_KEY",
        "",
        {"timeout": _TIMEOUT, "max_retries": 0},
    ),
    "google_genai": _Provider(
        "langchain_google_genai",
        "google",
        "GOOGLE_API_KEY",
        "",
        {"timeout": _TIMEOUT, "max_retries": 1},
    ),
}


def load_chat_model(
    model: str, *, timeout_s: float, url: str = "", threads: int = 0
) -> BaseChatModel:
    """Make a chat model from `provider:name`, or from `local:NAME` or `local:/path/file.gguf`.

    Args:
        model: The setting.
        timeout_s: Longest wait for a reply.
        url: Another server's address, for providers that have many.
        threads: Of a local model; 0 for one per core.

    Raises:
        SettingsError: If the setting is not of that form, the provider is not known, or the
            address is none.
        MissingExtraError: If the provider's package is not installed.
        ChatModelError: If its key is not in the environment, or a local file is missing.
    """
    provider, _, name = model.partition(":")
    if f"{provider}:" == LOCAL_PREFIX and name:
        return _load_local(local_model_file(name), threads)
    if provider not in _PROVIDERS or not name:
        known = [*(f"{known}:NAME" for known in _PROVIDERS), f"{LOCAL_PREFIX}NAME"]
        raise SettingsError(
            f"The chat model {model!r} is not of the form provider:name.",
            hint=f"Use one of {', '.join(known)}.",
        )
    needs = _PROVIDERS[provider]
    _require_package(model, needs.package, needs.extra)
    _require_key(model, needs, url)
    options = {key: _filled(value, timeout_s) for key, value in needs.options.items()}
    chat_model: BaseChatModel = init_chat_model(
        name, model_provider=provider, temperature=0, **options, **_address(model, needs, url)
    )
    return chat_model


def _load_local(path: Path, threads: int) -> BaseChatModel:
    _require_package(f"{LOCAL_PREFIX}{path}", "xllamacpp", "local")
    from briefbot.local_model import LocalChatModel  # noqa: PLC0415 - only if asked for

    return LocalChatModel(path=path, threads=threads)


def _require_package(model: str, package: str, extra: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise MissingExtraError(
            f"The chat model {model!r} needs a package that is not installed.",
            hint=f"Run `pip install 'briefbot[{extra}]'`.",
        )


def _require_key(model: str, needs: _Provider, url: str) -> None:
    if needs.key and not url and not os.environ.get(needs.key):
        raise ChatModelError(
            f"The chat model {model!r} needs a key.", hint=f"Set {needs.key} in the environment."
        )


def _address(model: str, needs: _Provider, url: str) -> dict[str, Any]:
    if not url:
        return {}
    if not needs.address or not url.startswith(("http://", "https://")):
        raise SettingsError(
            f"The address {url!r} cannot be used for the chat model {model!r}.",
            hint="Set model_url to http://… or https://…, for a model openai:NAME or ollama:NAME.",
        )
    options = {needs.address: url}
    if needs.key:  # many servers ask for no key, the client always wants one
        options["api_key"] = os.environ.get(needs.key) or "none"
    return options


def _filled(value: Any, timeout_s: float) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, timeout_s) for key, inner in value.items()}
    return timeout_s if value == _TIMEOUT else value
