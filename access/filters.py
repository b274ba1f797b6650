"""Narrowing the list of users 用户筛选: allow-listed fields only."""

import django_filters
from django.db.models import Q, QuerySet

from access.models import Branch, User
from access.queries import SIGN_IN_POSTS
from access.states import Post


class UserFilter(django_filters.FilterSet):
    """By user name or name, by post and office."""

    q = django_filters.CharFilter(label="用户名或姓名", method="of_words", max_length=60)
    post = django_filters.ChoiceFilter(
        label="岗位",
        choices=[(post.value, post.label) for post in Post if post in SIGN_IN_POSTS],
        empty_label="全部",
    )
    branch = django_filters.ModelChoiceFilter(
        label="网点", queryset=Branch.objects.order_by("code"), empty_label="全部"
    )

    class Meta:
        model = User
        fields: list[str] = []

    @property
    def found(self) -> QuerySet[User]:
        """The rows; none when a condition cannot be read, so that nobody takes them for an answer."""
        return self.qs if self.is_valid() else self.queryset.none()

    def of_words(self, users: QuerySet[User], name: str, words: str) -> QuerySet[User]:
        return users.filter(Q(username__istartswith=words) | Q(name__icontains=words))
