# SPDX-License-Identifier: Apache-2.0

import django.db.models.deletion
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gate', '0009_review_by_digest'),
    ]

    operations = [
        migrations.CreateModel(
            name='TableRelease',
            fields=[
                ('name', models.CharField(db_collation='C', max_length=129, primary_key=True, serialize=False)),
                ('data', models.CharField(db_collation='C', max_length=64)),
                ('release', models.CharField(db_collation='C', max_length=64)),
                ('moment', models.CharField(db_collation='C', max_length=64)),
                ('catalogue', models.CharField(db_collation='C', max_length=64)),
                ('policy', models.TextField()),
                ('cells', models.CharField(db_collation='C', max_length=64)),
                ('manifest', models.CharField(db_collation='C', max_length=64)),
                ('band', models.PositiveIntegerField()),
                ('salt', models.BinaryField()),
                ('outbox', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('by', models.CharField(db_collation='C', max_length=40)),
                ('withdrawn_why', models.TextField(blank=True, default='')),
                ('withdrawn_salt', models.BinaryField(null=True)),
                ('withdrawn_outbox', models.BigIntegerField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.CharField(blank=True, db_collation='C', default='', max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_outbox__isnull', True)), fields=('data', 'moment'), name='gate_one_table_a_moment'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_outbox__isnull', True), ('withdrawn_salt__isnull', True), ('withdrawn_why', '')), models.Q(models.Q(('withdrawn_why', ''), _negated=True), ('withdrawn_at__isnull', False), ('withdrawn_outbox__isnull', False), ('withdrawn_salt__isnull', False)), _connector='OR'), name='gate_table_withdrawn_with_its_reason')],
            },
        ),
        migrations.CreateModel(
            name='TableAsked',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('question', models.TextField(db_collation='C')),
                ('often', models.PositiveIntegerField()),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asked', to='gate.tablerelease')),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tablerelease',
            trigger=pgtrigger.compiler.Trigger(name='gate_table_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8005e9e40b134a27fb7242d9d60aed908c91623d', operation='DELETE', pgid='pgtrigger_gate_table_stays_ea5a2', table='gate_tablerelease', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='tableasked',
            constraint=models.UniqueConstraint(models.F('day'), models.F('release'), django.db.models.functions.text.MD5('question'), name='gate_one_line_a_question_and_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tableasked',
            trigger=pgtrigger.compiler.Trigger(name='gate_asked_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='28b69db9cff4775cf27595556303215774c061a2', operation='DELETE', pgid='pgtrigger_gate_asked_stays_43a02', table='gate_tableasked', when='BEFORE')),
        ),
    ]
