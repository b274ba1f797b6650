"""What a person types to find somebody 查找表单."""

from django import forms


class SearchForm(forms.Form):
    """One field for everything; the search recognises what was typed. Sent by POST, since addresses are logged."""

    q = forms.CharField(
        label="查找单位或职工",
        max_length=200,
        error_messages={"required": "请输入要查找的内容", "max_length": "查找内容过长，请缩短后重试"},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )
