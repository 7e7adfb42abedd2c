"""The other side: how many purchases the database alone could post, without a product in front of it.

One PL/pgSQL function writes a purchase, an entry and a lot and moves a balance and a rollup, driven by pgbench over
eight connections. It checks nothing, judges nothing and forgets who asked: no product can reach it.
"""

import re
import subprocess
import tempfile
from pathlib import Path

import psycopg

from loyalty_site.testing import postgres

from .tills import TILLS

ACCOUNTS = 1_000
TABLES = """
drop schema if exists raw cascade; create schema raw;
create table raw.accounts (id bigint primary key, balance bigint not null) with (fillfactor = 80);
create table raw.activity (id bigint primary key, purchases bigint not null, value bigint not null);
create table raw.purchases (
  id bigserial primary key, customer bigint, receipt uuid unique, at timestamptz, amount bigint);
create table raw.entries (id bigserial primary key, account bigint, points bigint, after bigint, at timestamptz);
create table raw.lots (id bigserial primary key, account bigint, entry bigint, points bigint, remaining bigint);
create index on raw.purchases (customer, at); create index on raw.entries (account, at);
create index on raw.lots (account) where remaining > 0;
insert into raw.accounts select n, 0 from generate_series(1, %(accounts)d) n;
insert into raw.activity select n, 0, 0 from generate_series(1, %(accounts)d) n;
create function raw.post(who bigint, amount bigint) returns bigint language plpgsql as $$
declare after bigint; entry bigint;
begin
  update raw.accounts set balance = balance + amount / 100 where id = who returning balance into after;
  insert into raw.purchases (customer, receipt, at, amount) values (who, gen_random_uuid(), now(), amount);
  insert into raw.entries (account, points, after, at) values (who, amount / 100, after, now()) returning id into entry;
  insert into raw.lots (account, entry, points, remaining) values (who, entry, amount / 100, amount / 100);
  update raw.activity set purchases = purchases + 1, value = value + amount where id = who;
  return after;
end $$;
"""
SCRIPT = "\\set who random(1, {accounts})\nselect raw.post(:who, 1234);\n"


def purchases(url: str, *, seconds: int) -> float:
    """Postings a second."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLES % {"accounts": ACCOUNTS})
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "post.sql")
        script.write_text(SCRIPT.format(accounts=ACCOUNTS), encoding="utf-8")
        command = [
            str(postgres.programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(TILLS), "-j", "2",
            "-T", str(seconds), "-f", str(script), url,
        ]  # fmt: skip
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(re.search(r"tps = ([\d.]+)", said)[1])
