"""Start Django for a command, and bring its database up to date."""

import os
import sys


def django_ready(*, migrate: bool = True) -> None:
    """Set Django up; create or migrate the database that DATABASE_URL points at.

    Ends with exit code 2 and one line where the database cannot be opened or DATABASE_URL is not one.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desirepath.config.settings")
    import django

    try:
        django.setup()
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        # the home folder, the database's folder or the signing key
        print(f"{error.filename} cannot be used: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    if migrate:
        _migrate()
    from desirepath.audit import context

    context.enter(door=context.COMMAND)
    _spare_the_collector()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        where = connection.settings_dict["NAME"]
        print(f"The database {where} cannot be opened: {str(error).splitlines()[0]}", file=sys.stderr)
        sys.exit(2)


def _spare_the_collector() -> None:
    """Leave what was loaded to start up out of every later collection, and collect less often: rows come by
    the hundred thousand, and are freed by counting. An import of England spends a fifth less for it.
    """
    import gc

    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
