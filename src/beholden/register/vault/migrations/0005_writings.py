# SPDX-License-Identifier: Apache-2.0
"""The database notes of whom each statement wrote who they are, whoever sends it.

Its own SQL and not pgtrigger's, whose triggers a session can be told to pass over. One writer at a time until the end
of its transaction, so that numbers are in the order in which others come to see them. What changes nothing of who
somebody is (a proof id, a contact) is not noted. Of who was removed no row can be read again, so nobody is named. It
notes as the owner of the tables, so that whoever writes people can neither write nor remove what is noted.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

KEPT = 65_536
"""Writings that are remembered. Whoever follows from an earlier one reads everybody again."""

NOTED = f"""
create function vault.note_writing(changed uuid[]) returns void language plpgsql as $$
declare number bigint;
begin
    perform pg_advisory_xact_lock(x'6265686f6c647772'::bigint);
    insert into vault.written (mark, people) values (gen_random_uuid(), changed) returning id into number;
    delete from vault.written where id <= number - {KEPT};
end $$;

create function vault.person_added() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    if exists (select from fresh) then
        perform vault.note_writing((select array_agg(id) from fresh));
    end if;
    return null;
end $$;

create function vault.person_changed() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare changed uuid[] := (
    select array_agg(coalesce(fresh.id, former.id)) from fresh full join former using (id)
    where (fresh.id, fresh.slot, fresh.names, fresh.birth, fresh.address, fresh.numbers)
        is distinct from (former.id, former.slot, former.names, former.birth, former.address, former.numbers)
);
begin
    if changed is not null then
        perform vault.note_writing(changed);
    end if;
    return null;
end $$;

create function vault.person_removed() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    if exists (select from former) then
        perform vault.note_writing(null);
    end if;
    return null;
end $$;

create function vault.person_emptied() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
    perform vault.note_writing(null);
    return null;
end $$;

insert into vault.written (mark, people) values (gen_random_uuid(), array[]::uuid[]);

create trigger person_added after insert on vault.person
    referencing new table as fresh for each statement execute function vault.person_added();
create trigger person_changed after update on vault.person
    referencing old table as former new table as fresh for each statement execute function vault.person_changed();
create trigger person_removed after delete on vault.person
    referencing old table as former for each statement execute function vault.person_removed();
create trigger person_emptied after truncate on vault.person
    for each statement execute function vault.person_emptied();
"""

NOT_NOTED = """
drop function vault.person_added, vault.person_changed, vault.person_removed, vault.person_emptied cascade;
drop function vault.note_writing;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0004_placed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Written',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.UUIDField()),
                ('people', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), null=True, size=None)),
            ],
            options={
                'db_table': '"vault"."written"',
            },
        ),
        migrations.RunSQL(NOTED, NOT_NOTED),
    ]
