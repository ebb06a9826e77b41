from pathlib import Path

import pytest
from pydantic import ValidationError

from briefbot.errors import SettingsError
from briefbot.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_setting_has_its_default():
    assert load_settings().top_k == Settings.model_fields["top_k"].default


def test_a_file_beats_the_default(write):
    write("briefbot.toml", "top_k = 3\n")

    assert load_settings().top_k == 3


def test_the_environment_beats_the_file(write, monkeypatch):
    write("briefbot.toml", "top_k = 3\n")
    monkeypatch.setenv("BRIEFBOT_TOP_K", "4")

    assert load_settings().top_k == 4


def test_an_option_beats_the_environment(monkeypatch):
    monkeypatch.setenv("BRIEFBOT_TOP_K", "4")

    assert load_settings(top_k=5).top_k == 5


def test_an_option_that_is_none_counts_as_not_given(monkeypatch):
    monkeypatch.setenv("BRIEFBOT_TOP_K", "4")

    assert load_settings(top_k=None).top_k == 4


def test_a_list_in_the_environment_is_json(monkeypatch):
    monkeypatch.setenv("BRIEFBOT_EXAMPLES", '["Why?", "Who?"]')

    assert load_settings().examples == ("Why?", "Who?")


def test_a_folder_may_be_given_as_text():
    assert load_settings(index_dir="elsewhere").index_dir == Path("elsewhere")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("top_k", 0),
        ("chunk_tokens", 31),
        ("dense_weight", 1.5),
        ("strictness", -0.1),
        ("port", 65536),
        ("model_timeout_s", 0),
        ("top_k", "many"),
    ],
)
def test_a_value_out_of_range_names_its_setting(key, value):
    with pytest.raises(SettingsError, match=key) as caught:
        load_settings(**{key: value})

    assert "briefbot.example.toml" in caught.value.hint


def test_every_bad_setting_is_named_at_once():
    with pytest.raises(SettingsError) as caught:
        load_settings(top_k=0, port=0)

    assert "top_k" in caught.value.message
    assert "port" in caught.value.message


def test_an_unknown_key_of_the_file_is_named(write):
    write("briefbot.toml", "topk = 3\n")

    with pytest.raises(SettingsError, match="topk"):
        load_settings()


def test_an_unknown_variable_is_named(monkeypatch):
    monkeypatch.setenv("BRIEFBOT_TOPK", "3")

    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert caught.value.message == "Unknown environment variable BRIEFBOT_TOPK."


def test_a_variable_that_is_not_json_is_named(monkeypatch):
    monkeypatch.setenv("BRIEFBOT_EXAMPLES", "Why?")

    with pytest.raises(SettingsError, match="examples"):
        load_settings()


@pytest.mark.parametrize("content", [b"top_k = \n", b"top_k = 3 # caf\xe9\n"], ids=["toml", "utf8"])
def test_a_file_that_is_not_toml_is_an_error(write, content):
    write("briefbot.toml", content)

    with pytest.raises(SettingsError, match=r"briefbot\.toml is not TOML"):
        load_settings()


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        load_settings().top_k = 3


def test_every_setting_says_what_it_is_for():
    assert all(field.description for field in Settings.model_fields.values())


def test_who_may_sign_in_comes_from_the_environment_and_is_never_shown(monkeypatch):
    monkeypatch.setenv("BRIEFBOT_AUTH_USERS", '["anna:pass:phrase", "ben:word"]')

    settings = load_settings()

    assert {name: word.get_secret_value() for name, word in settings.users().items()} == {
        "anna": "pass:phrase",
        "ben": "word",
    }
    assert "phrase" not in f"{settings!r}{settings.model_dump()}"


def test_a_file_is_no_place_for_passwords(write):
    write("briefbot.toml", 'auth_users = ["anna:secret"]\n')

    with pytest.raises(SettingsError, match="no place for passwords") as caught:
        load_settings()

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("pairs", ['["hunter2"]', '[":hunter2"]', '["hunter2:"]'])
def test_a_malformed_sign_in_is_refused_without_repeating_it(monkeypatch, pairs):
    monkeypatch.setenv("BRIEFBOT_AUTH_USERS", pairs)

    with pytest.raises(SettingsError, match="each entry is name:password") as caught:
        load_settings()

    assert "hunter2" not in str(caught.value)


def test_a_name_that_may_sign_in_twice_is_refused(monkeypatch):
    monkeypatch.setenv("BRIEFBOT_AUTH_USERS", '["anna:one", "anna:two"]')

    with pytest.raises(SettingsError, match="anna is named twice"):
        load_settings()


def test_who_may_change_the_library_is_one_of_three():
    with pytest.raises(SettingsError, match="library"):
        load_settings(library="closed")
