"""Papers 要件: what may be one, where it is kept, who reads it, and what can be done to it afterwards."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from access.models import Branch
from access.states import Perm, Post
from approvals import queries, rules
from approvals.actions import papers, signatures
from approvals.actions.papers import Filing, Upload
from approvals.models import Paper, PaperPart
from approvals.states import MediaType
from audit.models import Record
from tests.access.factories import DAY, client_of, person
from tests.approvals.factories import case
from tests.banking.factories import open_first_day

pytestmark = pytest.mark.django_db


def png(width=1, height=1, filler=b""):
    """A picture after the PNG specification (ISO/IEC 15948), written by hand."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\xff" * 3 * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"tEXt", b"Comment\0" + filler), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def packed(objects, about=b"/Filter /FlateDecode"):
    """A PDF with objects packed together after ISO 32000-1, 7.5.7, written by hand."""
    body = zlib.compress(objects)
    stream = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 %s >>\nstream\r\n%s\nendstream\nendobj\n" % (about, body)
    return PDF.replace(b"trailer", stream + b"trailer")


PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + b"\xff\xd9"
PNG = png()


def filing(**traits):
    return Filing(
        **{"kind": "购房合同", "perm": Perm.APPROVE_CHANGES, "branch": Branch.objects.get(code="01"), **traits}
    )


def attach(subject, name="合同.pdf", data=PDF, by=None, **traits):
    return papers.attach(subject, filing(**traits), Upload(name, data), by=by or person(), on=DAY)


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("合同.pdf", PDF, MediaType.PDF),
        ("合同.PDF", PDF + b"\r\n\0\0", MediaType.PDF),
        ("扫描件.pdf", PDF.replace(b"trailer", b"stream\n\xd8/JS (\x00/XFA \xff\nendstream\ntrailer"), MediaType.PDF),
        ("新版.pdf", packed(b"3 0 << /Type /Pages /Count 0 >>"), MediaType.PDF),
        ("照片.jpg", JPEG, MediaType.JPEG),
        ("照片.jpeg", JPEG, MediaType.JPEG),
        ("扫描.png", PNG, MediaType.PNG),
    ],
)
def test_a_paper_is_what_its_bytes_say(name, data, kind):
    paper = attach(person(), name, data)
    assert (paper.media_type, paper.size, paper.name) == (kind, len(data), name)
    assert b"".join(queries.bytes_of(paper)) == data


@pytest.mark.parametrize(
    ("name", "data", "refusal"),
    [
        ("空.pdf", b"", papers.EmptyPaper),
        ("程序.pdf", b"MZ\x90\x00" + b"\0" * 60, papers.NotAPaper),
        ("网页.png", b"<html><script>alert(1)</script></html>", papers.NotAPaper),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", papers.NotAPaper),
        ("截断.png", PNG[:-1], papers.NotAPaper),
        ("截断.pdf", PDF[:-7], papers.NotAPaper),
        ("前有脚本.pdf", b"<script>x</script>" + PDF, papers.NotAPaper),
        ("后有压缩包.png", PNG + b"PK\x03\x04archive", papers.NotAPaper),
        ("后有压缩包.jpg", JPEG + b"PK\x03\x04archive", papers.NotAPaper),
        ("后有网页.pdf", PDF + b"<html></html>", papers.NotAPaper),
        ("图片.pdf", PNG, papers.WrongEnding),
        ("合同.jpg", PDF, papers.WrongEnding),
        ("合同.pdf.exe", PDF, papers.WrongEnding),
        ("没有扩展名", PDF, papers.WrongEnding),
        (
            "脚本.pdf",
            PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>"),
            papers.ActivePaper,
        ),
        ("启动.pdf", PDF.replace(b"/Catalog", b"/Catalog /Launch"), papers.ActivePaper),
        ("附件.pdf", PDF.replace(b"/Catalog", b"/Catalog /EmbeddedFiles 2 0 R"), papers.ActivePaper),
        ("表单.pdf", PDF.replace(b"/Catalog", b"/Catalog /AcroForm << /XFA [ (x) 2 0 R ] >>"), papers.ActivePaper),
        ("拼写.pdf", PDF.replace(b"/Catalog", b"/Catalog /S /Java#53cript"), papers.ActivePaper),
        ("压缩.pdf", packed(b"3 0 << /S /JavaScript /JS (x) >>"), papers.ActivePaper),
        ("压缩拼写.pdf", packed(b"3 0 << /S /#4aavaScript >>"), papers.ActivePaper),
        ("炸弹.pdf", packed(b" " * (rules.MOST_UNPACKED + 1)), papers.ActivePaper),
        ("损坏.pdf", packed(b"3 0 << >>").replace(b"x\x9c", b"xx"), papers.ActivePaper),
        ("两层.pdf", packed(b"3 0", b"/Filter [/ASCIIHexDecode /FlateDecode]"), papers.ActivePaper),
        ("变形.pdf", packed(b"3 0", b"/Filter /FlateDecode /DecodeParms << /Predictor 12 >>"), papers.ActivePaper),
    ],
)
def test_what_is_no_paper_is_refused_by_name(name, data, refusal):
    with pytest.raises(refusal) as told:
        attach(person(), name, data)
    assert told.value.field == "file" and name.removesuffix("\0") in told.value.sentence
    assert not Paper.objects.exists() and not PaperPart.objects.exists()


def test_a_paper_has_a_largest_size(settings):
    settings.PAPER_MOST_MB = 1
    exact = png(filler=b"x" * (1024 * 1024 - len(png())))
    assert len(exact) == 1024 * 1024 and attach(person(), "恰好.png", exact)
    with pytest.raises(papers.PaperTooLarge, match="1 MB"):
        attach(person(), "过大.png", png(filler=b"x" * (1024 * 1024 - len(png()) + 1)))


def test_a_business_has_so_many_papers_and_none_twice(settings):
    settings.PAPERS_MOST = 2
    subject = person()
    attach(subject)
    with pytest.raises(papers.PaperThere, match="购房合同"):
        attach(subject, "又一次.pdf")
    attach(subject, kind="发票")
    with pytest.raises(papers.TooManyPapers):
        attach(subject, "三.png", PNG)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\\\fakepath\\\\合同.pdf", "合同.pdf"),
        ("../../etc/合同.pdf", "合同.pdf"),
        ("合\u202efdp.同.pdf", "合fdp.同.pdf"),
        ("x" * 200 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_file_name_keeps_no_folders_and_no_hidden_signs(given, kept):
    assert rules.file_name(given) == kept


def test_a_paper_is_sealed_in_parts_and_its_name_too():
    large = png(filler=b"Zhang San 511002199001011234 " * 80000)
    paper = attach(person(), "张三身份证.png", large)
    parts = list(PaperPart.objects.filter(paper=paper).order_by("place"))
    assert [part.place for part in parts] == [0, 1, 2]
    assert not any(b"511002199001011234" in bytes(part.data_sealed) for part in parts)
    assert "张三" not in paper.name_sealed
    assert not Record.objects.filter(after__icontains="张三").exists()
    assert b"".join(queries.bytes_of(paper)) == large


def test_what_is_needed_and_not_there_is_named():
    subject = person()
    attach(subject, kind="发票")
    assert queries.missing(subject, ["购房合同", "发票", "身份证"]) == ["购房合同", "身份证"]


def test_another_paper_changes_what_a_signature_rests_on():
    subject = person()
    before = queries.papers_told(subject)
    attach(subject)
    assert before == "无" and queries.papers_told(subject) not in ("", before)


def test_a_paper_is_opened_by_right_and_office_by_whoever_brought_it_and_whoever_signs():
    row, bringer = case(), person(Post.CLERK)
    paper = attach(queries.subject_of(row), by=bringer)
    seen = {
        "bringer": bringer,
        "right": person(Post.MANAGER),
        "centre": person(Post.MANAGER, branch_id=0),
        "other office": person(Post.MANAGER, branch_id=2),
        "no right": person(Post.CLERK),
        "gone": person(Post.MANAGER, is_active=False),
        "member": person(Post.MEMBER, branch_id=None),
    }
    found = {who for who, user in seen.items() if queries.papers_seen_by(user, on=DAY).filter(pk=paper.pk).exists()}
    assert found == {"bringer", "right", "centre"}
    signs = case(person(Post.FINANCE), perm=Perm.APPROVE_PAYMENT)
    other = attach(queries.subject_of(signs), by=bringer)
    assert queries.papers_seen_by(person(Post.FINANCE), on=DAY).filter(pk=other.pk).exists()


def test_the_door_of_a_paper_is_narrow_and_leaves_a_record():
    open_first_day(DAY)
    bringer = person(Post.CLERK)
    picture, document = attach(person(), "扫描.png", PNG, by=bringer), attach(person(), by=bringer)
    answer = client_of(bringer).get(reverse("approvals:paper", args=[picture.pk]))
    assert b"".join(answer.streaming_content) == PNG
    heads = answer.headers
    assert (heads["Content-Type"], heads["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert "default-src 'none'" in heads["Content-Security-Policy"] and "sandbox" in heads["Content-Security-Policy"]
    assert (heads["X-Frame-Options"], heads["Cache-Control"]) == ("SAMEORIGIN", "no-store")
    assert heads["Content-Disposition"].startswith("inline")
    kept = client_of(bringer).get(reverse("approvals:paper", args=[document.pk]), {"download": "1"})
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert Record.objects.filter(act="read_paper", by_id=bringer.pk).count() == 2
    assert client_of(person(Post.CLERK)).get(reverse("approvals:paper", args=[picture.pk])).status_code == 404


def test_the_maker_adds_papers_while_a_case_waits_and_the_checker_reads_them_beside():
    open_first_day(DAY)
    row, checker = case(), person(Post.MANAGER)
    page = reverse("approvals:case_papers", args=[row.pk])
    sent = {"kind": "营业执照", "file": SimpleUploadedFile("执照.png", PNG)}
    assert client_of(row.maker).post(page, sent).status_code == 302
    beside = client_of(checker).get(page, headers={"HX-Request": "true"}).content.decode()
    assert "营业执照" in beside and "执照.png" in beside and 'name="paper-frame"' in beside
    refused = client_of(row.maker).post(page, {"kind": "x", "file": SimpleUploadedFile("x.png", b"no")})
    assert "不是完整的 PDF、JPEG 或 PNG" in refused.content.decode()
    assert client_of(checker).post(page, sent | {"file": io.BytesIO(JPEG)}).status_code == 200
    assert queries.papers_of(queries.subject_of(row)).count() == 1
    assert client_of(person(Post.CLERK)).get(page).status_code == 404


def test_what_is_under_review_stays_and_what_is_taken_off_is_not_listed():
    row = case()
    paper = papers.attach_to_case(row, "执照", Upload("执照.png", PNG), by=row.maker, on=DAY)
    with pytest.raises(papers.UnderReview):
        papers.remove(paper, why="有误", by=row.maker, on=DAY)
    signatures.withdraw(row, by=row.maker, on=DAY)
    with pytest.raises(papers.NotYourCase):
        papers.attach_to_case(row, "执照", Upload("又.png", PNG), by=row.maker, on=DAY)
    papers.remove(paper, why="有误", by=row.maker, on=DAY)
    assert not queries.papers_of(row.maker).exists()
    assert not queries.papers_seen_by(row.maker, on=DAY).exists()
    with pytest.raises(papers.Overtaken):
        papers.remove(paper, why="有误", by=row.maker, on=DAY)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update approvals_paper set sha256 = 'x'", "permission denied"),
        ("update approvals_paper set subject_id = '1'", "permission denied"),
        ("delete from approvals_paper", "permission denied"),
        ("update approvals_paperpart set data_sealed = ''", "permission denied"),
        ("delete from approvals_paperpart", "permission denied"),
        ("truncate approvals_paperpart", "permission denied"),
        ("update approvals_paper set removed_on = '2026-07-01'", "removed_by_somebody"),
    ],
)
def test_the_database_keeps_papers_as_they_were(statement, told):
    attach(person())
    with pytest.raises(DatabaseError, match=told), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
