"""An entrusted bank for demonstrations and tests 银行模拟器: it pays what it is told and reports over the bank API.

It is a client like any other: it knows the interface and its keys, reads no table of ours and shares no code with the
rooms. `journal` is the bank's memory, `interface` its line to the centre, `bank` its work, `payers` what its customers
make of their orders, `misbehaviour` what any of them does wrong on request. `paying` is the bank paying what the centre
tells it to, and `instructions` its memory of that.

Payment orders 付款委托 come as files in `inbox/`, one order a file, written under another name and then renamed to
`<name>.json` on the same disk. The name makes the order: a name that was taken before is not paid again.

    {"reference": "HJ0000000012", "amount": "1234.56", "payer_name": "内江示例机械有限公司",
     "payer_account": "2307000000000000001", "payer_bank": "工商银行内江分行", "bank": "102"}

`reference` goes into the remark of the receipt; `amount` is yuan with two decimals, as text. `payer_bank` and `bank`
may be left out; `bank` is the code of the bank that takes the money, the first of the keys by default. A file that
cannot be read is moved to `refused/`.

The keys are `{"102": {"key_id": "…", "secret": "…", "account": "…"}, …}`, by the code of the bank.
"""
