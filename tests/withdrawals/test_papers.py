"""Papers of a withdrawal 提取要件: a file each or an original that was seen; what is owed is not granted."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from access.states import Post
from approvals.actions import papers as filing
from approvals.actions.papers import NotAPaper, TooManyPapers, Upload
from approvals.actions.signatures import FactsChanged
from approvals.queries import papers_of
from approvals.states import Verdict
from audit.actions import inspection
from hpf.errors import NotAllowedNow
from ledger.models import Hold
from tests.access.factories import client_of
from tests.accounts import factories as accounts
from tests.ledger.books import as_owner, run
from tests.withdrawals.factories import (
    ON,
    application,
    decided,
    decision,
    fresh,
    manager,
    night,
    no_home,
    purchase,
    rent,
    saver,
    submitted,
    wish,
)
from tests.withdrawals.test_pages import at, opened
from withdrawals import queries
from withdrawals.actions import applications, papers
from withdrawals.forms.papers import uploads_of
from withdrawals.models import Proof, Withdrawal
from withdrawals.queries import printouts
from withdrawals.states import Channel, PaperKind, WithdrawalStatus

pytestmark = pytest.mark.django_db
CONTRACT, INVOICE = PaperKind.PURCHASE_CONTRACT, PaperKind.PURCHASE_INVOICE


def pdf(number=0):
    return b"%%PDF-1.4\n%% %d\ntrailer<<>>\n%%%%EOF\n" % number


def scan(number=0):
    return Upload(f"要件{number}.pdf", pdf(number))


def sent(number=0, name="要件.pdf"):
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, pdf(number), "application/pdf")


def applied(uploads, channel=Channel.COUNTER):
    return applications.submit(
        application(wish(saver("9000.00"), purchase(), "1000.00"), uploads=uploads, channel=channel), by=night(), on=ON
    )


def standing(withdrawal):
    return {PaperKind(proof.kind): proof.standing for proof in queries.proofs_of(withdrawal)}


def lacking(seen):
    return list(queries.lacking_files(Withdrawal.objects.order_by("pk"), original_seen=seen))


def add(withdrawal, kind=INVOICE, number=0):
    return papers.add(withdrawal, kind, scan(number), by=accounts.user(Post.CLERK), on=ON)


def test_at_the_counter_what_has_no_file_was_seen_and_is_a_scan_to_do():
    withdrawal = applied({CONTRACT: [scan()]})
    assert standing(withdrawal) == {CONTRACT: "已上传", INVOICE: "已核原件，未扫描"}
    assert (lacking(True), lacking(False)) == ([withdrawal], [])
    facts = queries.facts_of(fresh(withdrawal), applications.requote(fresh(withdrawal), on=ON))
    assert "购房发票或契税完税凭证：已核原件，未扫描" in facts["要件"]
    assert facts == fresh(withdrawal).case.facts  # whoever signs sees what the clerk said
    assert "购房发票或契税完税凭证（已核原件，未扫描）" in printouts.receipts([fresh(withdrawal)])[0].papers
    decided(withdrawal)
    assert fresh(withdrawal).status == WithdrawalStatus.APPROVED and lacking(True) == [
        withdrawal
    ]  # still to be scanned
    paper = add(withdrawal)
    assert standing(withdrawal)[INVOICE] == "已上传" and lacking(True) == []
    filing.remove(paper, why="扫描不清", by=paper.uploaded_by, on=ON)
    assert lacking(True) == [withdrawal]


@pytest.mark.parametrize("channel", [Channel.PORTAL, Channel.API])
def test_elsewhere_what_has_no_file_is_owed_and_not_granted(channel):
    withdrawal = applied({CONTRACT: [scan()]}, channel)
    assert standing(withdrawal)[INVOICE] == "待补交" and lacking(False) == [withdrawal]
    with pytest.raises(applications.PapersOwed, match="购房发票或契税完税凭证"):
        decided(withdrawal)
    add(withdrawal)
    decided(withdrawal)
    assert fresh(withdrawal).status == WithdrawalStatus.APPROVED
    assert [one.check.title for one in inspection.inspect(ON) if not one.holds] == []


def test_what_is_owed_may_be_sent_back_and_nobody_needs_it_then():
    withdrawal = applied({}, Channel.API)
    decided(withdrawal, Verdict.RETURN, "要件未交")
    assert fresh(withdrawal).status == WithdrawalStatus.SENT_BACK and lacking(False) == []
    with pytest.raises(NotAllowedNow):
        add(withdrawal)


def test_a_paper_that_came_meanwhile_has_to_be_read():
    withdrawal = applied({})
    said = decision(withdrawal)
    add(withdrawal)
    with pytest.raises(FactsChanged):
        applications.decide(fresh(withdrawal), said, by=manager(), on=ON)


def test_the_same_file_again_adds_nothing_and_another_page_does():
    withdrawal = applied({}, Channel.API)
    assert add(withdrawal) == add(withdrawal)
    add(withdrawal, number=1)
    assert papers_of(withdrawal).count() == 2
    decided(withdrawal, Verdict.REFUSE, "不符合")
    assert add(withdrawal, number=1).pk  # what is there is answered
    with pytest.raises(NotAllowedNow):
        add(withdrawal, number=2)  # decided, and nothing of the kind lacks


def test_only_papers_it_rests_on():
    withdrawal = applied({})
    with pytest.raises(papers.NotAsked, match="租房合同"):
        add(withdrawal, PaperKind.RENT_CONTRACT)
    rented = submitted(no_home(saver("9000.00")), rent(), "100.00")
    assert standing(rented) == {}  # data prove it all


def test_a_bad_file_leaves_no_application():
    with pytest.raises(NotAPaper):
        applied({CONTRACT: [scan(), Upload("合同.pdf", b"%PDF-1.4 cut")]})
    assert (Withdrawal.objects.count(), Hold.objects.count(), Proof.objects.count()) == (0, 0, 0)


def test_the_database_keeps_what_was_said_of_a_paper():
    withdrawal = applied({})
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Proof.objects.filter(withdrawal=withdrawal).update(original_seen=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proof.objects.create(withdrawal=withdrawal, kind=CONTRACT, original_seen=True)


def test_the_proof_finds_what_was_granted_without_a_paper():
    withdrawal = applied({})
    decided(withdrawal)
    with as_owner():
        run("update withdrawals_proof set original_seen = false where withdrawal_id = %s", withdrawal.pk)
    assert [one.check.title for one in inspection.inspect(ON) if not one.holds] == ["已批准的提取没有待补交的要件"]


# At the counter


def bought(client, account, **sent):
    """The last page of a purchase, as it is handed in."""
    _text, given = opened(client, account, "PURCHASE")
    given |= {"house": "NJ-2026-000123", "signed_on": "2026-03-01", "price": "500000.00", "asked": "1000.00"}
    return client.post(at(account, "PURCHASE"), given | sent)


def test_counter_asks_for_each_paper_the_rule_asks_for():
    account, clerk = saver("9000.00"), accounts.user(Post.CLERK, at="01")
    client = client_of(clerk)
    page = bought(client, account).content.decode()
    assert 'name="PURCHASE_CONTRACT"' in page and 'name="PURCHASE_INVOICE_SEEN"' in page and "NO_HOME" not in page
    page = bought(client, account, confirmed="1", PURCHASE_CONTRACT_SEEN="on").content.decode()
    assert "请上传购房发票或契税完税凭证，或核对原件后勾选" in page and not Withdrawal.objects.exists()
    file = SimpleUploadedFile("发票.pdf", pdf(), "application/pdf")
    answer = bought(client, account, confirmed="1", PURCHASE_CONTRACT_SEEN="on", PURCHASE_INVOICE=file)
    row = Withdrawal.objects.get()
    assert standing(row) == {CONTRACT: "已核原件，未扫描", INVOICE: "已上传"}
    assert "要件还没有文件：备案的购房合同" in client.get(answer.url).content.decode()
    decider = client_of(manager()).get(f"/counter/withdrawals/{row.pk}/decide/").content.decode()
    assert "要件还没有文件：备案的购房合同" in decider
    place = f"/counter/withdrawals/{row.pk}/papers/"
    assert "上传要件" in client.get(place).content.decode()
    of_case = reverse("approvals:case_papers", args=[row.case_id])
    assert client.get(of_case).url == place  # a file that is brought there fulfils what is owed
    assert client_of(manager()).get(of_case).status_code == 200
    pages = {CONTRACT.value: [sent(1, "第1页.pdf"), sent(2, "第2页.pdf")]}
    assert client.post(place, pages).url == place and standing(row)[CONTRACT] == "已上传"
    assert papers_of(row).count() == 3
    assert client_of(accounts.user(Post.CLERK, at="02")).get(place).status_code == 404


def test_several_pages_of_a_paper_come_together_or_not_at_all(settings):
    withdrawal = applied({CONTRACT: [scan(), scan(1)]}, Channel.API)
    assert papers_of(withdrawal).count() == 2 and standing(withdrawal)[CONTRACT] == "已上传"
    with pytest.raises(NotAPaper):
        papers.add_all(withdrawal, {INVOICE: [scan(2), Upload("坏.pdf", b"%PDF-1.4 cut")]}, by=night(), on=ON)
    assert papers_of(withdrawal).count() == 2 and standing(withdrawal)[INVOICE] == "待补交"
    settings.PAPER_MOST_MB, settings.PAPERS_MOST = 0, 1
    with pytest.raises(TooManyPapers):
        uploads_of({INVOICE.value: [None, None]}, [INVOICE])  # and none of them is read
    client, place = client_of(accounts.user(Post.CLERK, at="01")), f"/counter/withdrawals/{withdrawal.pk}/papers/"
    assert "文件“大.pdf”超过 0 MB" in client.post(place, {INVOICE.value: sent(3, "大.pdf")}).content.decode()
    assert "请至少选择一个文件" in client.post(place, {"sent": "1"}).content.decode()


def test_a_script_that_sends_the_files_is_told_where_to_go_on():
    row = applied({}, Channel.API)
    client, place = client_of(accounts.user(Post.CLERK, at="01")), f"/counter/withdrawals/{row.pk}/papers/"
    answer = client.post(place, {INVOICE.value: sent()}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, place)
    assert "已上传 1 个文件" in client.get(place).content.decode()


def test_what_is_decided_and_lacks_no_file_takes_none():
    row = applied({CONTRACT: [scan()], INVOICE: [scan(1)]})
    client, place = client_of(accounts.user(Post.CLERK, at="01")), f"/counter/withdrawals/{row.pk}/papers/"
    assert 'type="file"' in client.get(place).content.decode()
    decided(row)
    page = client.get(place).content.decode()
    assert "不需要再上传" in page and 'type="file"' not in page


def test_rent_by_paper_asks_for_the_paper_that_takes_the_datas_place():
    client = client_of(accounts.user(Post.CLERK, at="01"))
    account = saver("9000.00")
    _text, given = opened(client, account)
    page = client.post(at(account, "RENT"), given).content.decode()
    assert 'name="NO_HOME"' in page and "RENT_CONTRACT" not in page  # the limit is the quota: no contract is read
    client.post(at(account, "RENT"), given | {"confirmed": "1", "NO_HOME_SEEN": "on"})
    assert Withdrawal.objects.get().status == WithdrawalStatus.SUBMITTED


def test_a_wish_with_unneeded_papers_rests_on_none():
    account = no_home(saver("9000.00"))
    wanted = replace(wish(account, rent(), "100.00"), papers=frozenset({PaperKind.NO_HOME}))
    withdrawal = applications.submit(application(wanted), by=night(), on=ON)
    assert standing(withdrawal) == {} and withdrawal.status == WithdrawalStatus.APPROVED
