"""Reading photos: what comes out of EXIF, what the shown copy does not carry, what is refused, what looks alike."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from chassis.errors import ConflictError, InvalidError
from services.projects.evidence import domain, reading
from tests import pictures

BOUNDS = domain.DEFAULTS
few = settings(max_examples=100, deadline=None)
hashes = st.integers(0, 2**64 - 1)


def shown_of(photo: reading.Photo) -> Image.Image:
    image = Image.open(io.BytesIO(photo.shown))
    image.load()
    return image


def test_time_and_place_are_read_and_the_place_is_rounded() -> None:
    exif = pictures.exif(taken="2026:03:05 14:30:00", place=(35.961234, 120.176789))
    photo = reading.read_photo(pictures.jpeg(pictures.scene(1), exif=exif), BOUNDS)
    assert photo.taken_at == datetime(2026, 3, 5, 6, 30, tzinfo=UTC)
    assert (photo.latitude, photo.longitude) == (35.961, 120.177)
    assert (photo.width, photo.height) == (1200, 900)


def test_a_camera_may_say_its_zone_and_be_south_west() -> None:
    exif = pictures.exif(taken="2026:03:05 14:30:00", offset="-03:00", place=(-22.95, -43.21))
    photo = reading.read_photo(pictures.jpeg(pictures.scene(1), exif=exif), BOUNDS)
    assert photo.taken_at == datetime(2026, 3, 5, 17, 30, tzinfo=UTC)
    assert (photo.latitude, photo.longitude) == (-22.95, -43.21)


@pytest.mark.parametrize("taken", ["0000:00:00 00:00:00", "2026:13:40 99:00:00", "yesterday", ""])
def test_a_time_that_is_none_is_none(taken: str) -> None:
    photo = reading.read_photo(pictures.jpeg(pictures.scene(1), exif=pictures.exif(taken=taken)), BOUNDS)
    assert photo.taken_at is None


def test_no_fix_is_no_place() -> None:
    photo = reading.read_photo(pictures.jpeg(pictures.scene(1), exif=pictures.exif(place=(0.0, 0.0))), BOUNDS)
    assert (photo.latitude, photo.longitude) == (None, None)


def test_damaged_exif_does_not_lose_the_picture() -> None:
    content = pictures.jpeg(pictures.scene(1), exif=pictures.exif(taken="2026:03:05 14:30:00"))
    start = content.index(b"Exif\x00\x00") + 6
    photo = reading.read_photo(content[:start] + b"\xff" * 12 + content[start + 12 :], BOUNDS)
    assert photo.taken_at is None
    assert photo.width == 1200


def test_the_shown_copy_carries_nothing_but_pixels() -> None:
    exif = pictures.exif(taken="2026:03:05 14:30:00", place=pictures.HUANGDAO)
    content = pictures.jpeg(
        pictures.scene(2), exif=exif, comment=b"secret comment", xmp=b"<x:xmpmeta>secret</x:xmpmeta>", icc_profile=b"x"
    )
    assert b"secret" in content
    shown = shown_of(reading.read_photo(content, BOUNDS))
    assert dict(shown.getexif()) == {}
    assert not {"exif", "comment", "xmp", "icc_profile", "photoshop"} & set(shown.info)
    raw = reading.read_photo(content, BOUNDS).shown
    assert b"secret" not in raw
    assert b"Exif" not in raw
    assert b"Demo phone" not in raw


def test_text_in_a_png_is_not_carried_along_and_transparency_is_white() -> None:
    note = PngImagePlugin.PngInfo()
    note.add_text("Author", "secret")
    out = io.BytesIO()
    Image.new("RGBA", (64, 64), (255, 0, 0, 0)).save(out, "PNG", pnginfo=note)
    photo = reading.read_photo(out.getvalue(), BOUNDS)
    assert b"secret" not in photo.shown
    assert min(shown_of(photo).getpixel((32, 32))) > 250  # type: ignore[arg-type, type-var]


def test_orientation_is_applied_to_size_and_pixels() -> None:
    picture = Image.new("RGB", (400, 200), "black")
    picture.paste("white", (0, 0, 40, 40))  # top left; a quarter turn clockwise brings it to the top right
    photo = reading.read_photo(pictures.jpeg(picture, exif=pictures.exif(orientation=6)), BOUNDS)
    shown = shown_of(photo)
    assert (photo.width, photo.height) == shown.size == (200, 400)
    assert min(shown.getpixel((190, 10))) > 200  # type: ignore[arg-type, type-var]
    assert max(shown.getpixel((10, 10))) < 60  # type: ignore[arg-type, type-var]


def test_the_longest_edge_is_policy() -> None:
    photo = reading.read_photo(pictures.jpeg(pictures.scene(3)), {**BOUNDS, "shown_edge": 300})
    assert shown_of(photo).size == (300, 225)
    assert (photo.width, photo.height) == (1200, 900)


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "CMYK", "I;16", "RGBA"])
def test_every_way_of_holding_pixels_is_shown(mode: str) -> None:
    out = io.BytesIO()
    grey = pictures.scene(4, (120, 90))
    picture = Image.new("I;16", (120, 90), 30_000) if mode == "I;16" else grey.convert(mode)
    picture.save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert shown_of(reading.read_photo(out.getvalue(), BOUNDS)).mode == "RGB"


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(9_000, 8_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidError) as refused:
        reading.read_photo(bomb(*size), BOUNDS)
    assert refused.value.code == "photo_too_large"


@pytest.mark.parametrize("cut", [3, 20, 400, 5_000])
def test_a_truncated_photo_is_refused(cut: int) -> None:
    with pytest.raises(InvalidError) as refused:
        reading.read_photo(pictures.jpeg(pictures.scene(5))[:cut], BOUNDS)
    assert refused.value.code == "photo_unreadable"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 200, "photo_type_unsupported"),
        (b"GIF89a" + b"\0" * 200, "photo_type_unsupported"),
        (b"", "photo_type_unsupported"),
        (b"\x89PNG\r\n\x1a\nnot a png at all", "photo_unreadable"),
    ],
)
def test_what_is_no_photo_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        reading.read_photo(content, BOUNDS)
    assert refused.value.code == code


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(InvalidError, match="photo_too_large"):
        reading.read_photo(pictures.jpeg(pictures.scene(5)), {**BOUNDS, "photo_bytes": 1000})


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_gets_out_as_anything_but_a_refusal(data: st.DataObject) -> None:
    content = bytearray(pictures.jpeg(pictures.scene(6, (80, 60)), exif=pictures.exif(taken="2026:03:05 14:30:00")))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=20)):
        content[at] = data.draw(st.integers(0, 255))
    code = "photo_shown"
    try:
        photo = reading.read_photo(bytes(content), BOUNDS)
    except InvalidError as refused:
        code = refused.code
    else:
        assert shown_of(photo).mode == "RGB"
    assert code.startswith("photo_")


@pytest.mark.parametrize("seed", range(30))
def test_a_retouched_copy_looks_alike(seed: int) -> None:
    picture = pictures.scene(seed)
    first = reading.read_photo(pictures.jpeg(picture), BOUNDS)
    copy = reading.read_photo(pictures.retouched(picture), BOUNDS)
    assert first.comparable
    assert max(domain.distance(first.dhash, copy.dhash), domain.distance(first.vhash, copy.vhash)) <= 6


def test_different_pictures_do_not_look_alike() -> None:
    photos = [reading.read_photo(pictures.jpeg(pictures.scene(seed, (240, 180))), BOUNDS) for seed in range(60)]
    near = [
        (a, b)
        for a in range(60)
        for b in range(a)
        if domain.distance(photos[a].dhash, photos[b].dhash) <= 10
        and domain.distance(photos[a].vhash, photos[b].vhash) <= 10
    ]
    assert near == []


def test_a_blank_page_is_compared_with_nothing() -> None:
    assert not reading.read_photo(pictures.jpeg(Image.new("RGB", (500, 700), (250, 250, 248))), BOUNDS).comparable


@few
@given(hashes, st.sets(st.integers(0, 63), max_size=12), st.integers(0, domain.TWIN_BITS))
def test_the_index_finds_exactly_what_comparing_all_finds(value: int, flipped: set[int], at_most: int) -> None:
    other = value ^ sum(1 << bit for bit in flipped)
    parts = domain.bands(other)
    found = any(parts[number] in values for number, values in domain.probes(value, at_most))
    assert found or domain.distance(value, other) > at_most


@few
@given(hashes, hashes, st.integers(0, domain.TWIN_BITS))
def test_far_hashes_are_candidates_seldom_and_never_answers(value: int, other: int, at_most: int) -> None:
    total = sum(len(values) for _, values in domain.probes(value, at_most))
    assert total <= 4 * 137
    assert domain.distance(value, other) == bin(value ^ other).count("1")


@given(hashes)
def test_signed_and_back(value: int) -> None:
    assert domain.unsigned(domain.signed(value)) == value
    assert -(2**63) <= domain.signed(value) < 2**63


STATES = {state for state, _ in domain.TRANSITIONS} | set(domain.TRANSITIONS.values())
ACTIONS = {action for _, action in domain.TRANSITIONS}


@pytest.mark.parametrize("action", sorted(ACTIONS))
@pytest.mark.parametrize("status", sorted(STATES))
def test_every_pair_is_a_transition_or_a_conflict(status: str, action: str) -> None:
    if (status, action) in domain.TRANSITIONS:
        assert domain.next_status(status, action) == domain.TRANSITIONS[status, action]
    else:
        with pytest.raises(ConflictError, match="evidence_state_conflict"):
            domain.next_status(status, action)


@pytest.mark.parametrize("action", ["give", "withdraw"])
@pytest.mark.parametrize("consent", ["none", "given", "withdrawn"])
def test_consent_is_given_once_and_withdrawn_once(consent: str, action: str) -> None:
    if (consent, action) in domain.CONSENT_TRANSITIONS:
        assert domain.next_consent(consent, action) == domain.CONSENT_TRANSITIONS[consent, action]
    else:
        with pytest.raises(ConflictError, match="evidence_consent_conflict"):
            domain.next_consent(consent, action)
