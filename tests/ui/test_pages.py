"""The style guide, the sign-in pages and the pages of trouble."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.conf import LazySettings
from django.template.loader import render_to_string
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|\sstyle=|\son[a-z]+=\"|javascript:"
)


def test_styleguide_is_there_only_while_developing(client: Client, settings: LazySettings) -> None:
    settings.DEBUG = False
    assert client.get("/styleguide").status_code == 404
    assert client.get("/styleguide/progress/400").status_code == 404


def test_styleguide_shows_every_component(client: Client, settings: LazySettings) -> None:
    settings.DEBUG = True
    answer = client.get("/styleguide?message=1&q=pump")
    assert answer.status_code == 200
    page = answer.content.decode()
    for part in (
        "figures",
        "timeline",
        "pager",
        "tabs",
        "steps",
        "journal",
        "progress",
        "chip",
        "chart",
        "drop",
    ):
        assert f'class="{part}' in page or f"folds {part}" in page
    assert not INLINE.search(page)


def test_styleguide_progress_comes_to_its_end(client: Client, settings: LazySettings) -> None:
    settings.DEBUG = True
    assert b"22,600 of 48,210" in client.get("/styleguide/progress/18400").content
    last = client.get("/styleguide/progress/46000").content
    assert b"48,210 of 48,210" in last
    assert b"hx-get" not in last


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "413", "429", "500"])
def test_page_of_trouble_renders_without_a_request(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert "<h1>" in page
    assert 'href="/' in page
    assert not INLINE.search(page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/account/login/", "Sign in"),
        ("/account/password/reset/", "Choose a new password"),
        ("/account/password/reset/done/", "Look into your mail"),
        ("/account/password/reset/key/x-y/", "This link no longer works"),
        ("/account/password/reset/key/done/", "Your password is changed"),
        ("/account/confirm-email/", "Confirm your address first"),
        ("/account/confirm-email/none/", "This link does not work"),
        ("/account/inactive/", "This account is closed"),
    ],
)
def test_sign_in_page_has_our_look(client: Client, path: str, heading: str) -> None:
    answer = client.get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"<h1>{heading}</h1>" in page
    assert not INLINE.search(page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limit", "fields"),
    [
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", {"login": "x" * 200}),
        ("DATA_UPLOAD_MAX_NUMBER_FIELDS", {"a": 1, "b": 2}),
    ],
)
def test_form_that_is_too_large_is_told_what_to_do(
    client: Client, settings: LazySettings, limit: str, fields: dict[str, object]
) -> None:
    setattr(settings, limit, 1 if "FIELDS" in limit else 100)
    answer = client.post(
        "/account/login/", urlencode(fields), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 413
    assert "<h1>That is too much at once</h1>" in answer.content.decode()


@pytest.mark.django_db
def test_request_that_cannot_be_read_is_400(client: Client, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["backflush.example"]
    answer = client.get("/account/login/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "<h1>The request could not be read</h1>" in answer.content.decode()


def test_failure_page_needs_no_database(client: Client) -> None:
    """Without the mark for the database: the first query fails, and the page comes all the same."""
    client.raise_request_exception = False
    client.cookies["sessionid"] = "a" * 32
    answer = client.get("/o/acme/")
    assert answer.status_code == 500
    assert "<h1>Something broke on our side</h1>" in answer.content.decode()


@pytest.mark.django_db
def test_sign_in_asks_in_our_words(client: Client) -> None:
    page = client.get("/account/login/").content.decode()
    assert '<label for="id_remember">Keep me signed in</label>' in page
    assert "placeholder" not in page


@pytest.mark.django_db
def test_forms_of_the_sign_in_library_say_no_label_twice(alice_client: Client) -> None:
    for path in ("/account/password/change/", "/account/email/", "/account/reauthenticate/"):
        form = alice_client.get(path).context["form"]
        for field in form.fields.values():
            assert "placeholder" not in field.widget.attrs, path
            assert field.label == field.label.capitalize(), path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/account/logout/", "Sign out?"),
        ("/account/password/change/", "Change your password"),
        ("/account/email/", "Email addresses"),
        ("/account/sessions/", "Where you are signed in"),
        ("/account/reauthenticate/", "Confirm that it is you"),
    ],
)
def test_page_of_ones_own_account_has_our_look(alice_client: Client, path: str, heading: str) -> None:
    answer = alice_client.get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"<h1>{heading}</h1>" in page
    assert not INLINE.search(page)


def test_mail_for_a_new_password_says_what_to_do_and_escapes_nothing() -> None:
    site = SimpleNamespace(domain="backflush.example")
    link = "https://backflush.example/account/password/reset/key/1-a&b/"
    body = render_to_string(
        "account/email/password_reset_key_message.txt", {"password_reset_url": link, "current_site": site}
    )
    assert body.strip() == (
        "Somebody, probably you, asked for a new password of your account.\n"
        f"Choose it here: {link}\n\n"
        "If it was not you, do nothing; your password stays as it is.\n\n"
        "Backflush · backflush.example"
    )


def test_no_template_or_script_needs_a_looser_policy() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        assert not INLINE.search(path.read_text()), path
    for path in (ROOT / "static/js").glob("*.js"):
        text = path.read_text()
        assert "eval(" not in text, path
        assert ".style" not in text, path
        assert "innerHTML" not in text, path


def test_no_style_names_a_colour_but_the_tokens() -> None:
    for path in (ROOT / "static/css").glob("*.css"):
        if path.name not in {"tokens.css", "print.css"}:
            assert not re.search(r"#[0-9a-f]{3,8}\b|\brgba?\(|light-dark\(", path.read_text()), path


def test_every_token_that_a_style_uses_is_there() -> None:
    styles = "".join(path.read_text() for path in (ROOT / "static/css").glob("*.css"))
    assert set(re.findall(r"var\((--[\w-]+)\)", styles)) - set(re.findall(r"(--[\w-]+):", styles)) == set()


def test_no_page_fetches_from_another_host() -> None:
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css")]:
        assert not re.search(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""", path.read_text()), path
