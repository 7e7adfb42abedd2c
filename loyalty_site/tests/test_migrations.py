import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@pytest.mark.django_db
def test_no_migration_is_outstanding():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.fixture
def standing_at(db, monkeypatch):
    """The loader of a database at which only these migrations have been applied."""

    def loader(applied) -> MigrationLoader:
        monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda recorder: dict.fromkeys(applied))
        return MigrationLoader(connection)

    return loader


@pytest.fixture
def begun():
    """The first migration of every app that has a squashed one: a database there goes on with the single files."""
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values()
    return [migration.replaces[0] for migration in known if migration.replaces]


def test_the_squashed_migrations_make_what_the_single_ones_make(standing_at, begun):
    single, squashed = standing_at(begun), standing_at([])

    assert begun
    assert set(begun) <= set(single.graph.nodes)
    assert not set(begun) & set(squashed.graph.nodes)
    assert facts(single.project_state()) == facts(squashed.project_state())


def test_a_database_goes_on_from_where_it_stands(standing_at, begun):
    order = list(all_of(standing_at(begun).graph))

    for count in range(0, len(order), 5):
        standing_at(order[:count]).check_consistent_history(connection)
        executor = MigrationExecutor(connection)
        planned = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        single = {key for migration in planned for key in migration.replaces or [(migration.app_label, migration.name)]}
        assert single == set(order[count:])


def all_of(graph) -> dict:
    """Every migration, each after those that it depends on."""
    return dict.fromkeys(key for leaf in graph.leaf_nodes() for key in graph.forwards_plan(leaf))


def facts(state) -> dict:
    """What the models of a state are, whatever the order in which it came about."""
    return {
        key: (
            {name: field.deconstruct()[1:] for name, field in model.fields.items()},
            {name: sorted(map(repr, value)) if isinstance(value, list) else value for name, value in options(model)},
            model.bases,
        )
        for key, model in state.models.items()
    }


def options(model):
    """The options that say something: a list that is empty says nothing."""
    return [(name, value) for name, value in model.options.items() if value != []]
