# SPDX-License-Identifier: Apache-2.0
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gate', '0010_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkedPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.UUIDField()),
                ('reference', models.CharField(blank=True, db_collation='C', max_length=32)),
                ('accepted', models.BooleanField()),
                ('known', models.CharField(blank=True, db_collation='C', max_length=9)),
                ('why', models.BinaryField()),
                ('roster', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pairs', to='gate.roster')),
            ],
        ),
        migrations.CreateModel(
            name='Linking',
            fields=[
                ('roster', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='linking', serialize=False, to='gate.roster')),
                ('key', models.CharField(db_collation='C', max_length=32, unique=True)),
                ('figures', models.JSONField()),
                ('seal', models.BinaryField()),
                ('outbox', models.BigIntegerField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outbox__isnull', True), ('settled_at__isnull', True)), models.Q(('outbox__isnull', False), ('settled_at__isnull', False)), _connector='OR'), name='gate_linking_settled_exactly_if_said')],
            },
        ),
        migrations.CreateModel(
            name='PairOpinion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('says', models.CharField(db_collation='C', max_length=10)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(db_collation='C', max_length=40)),
                ('seal', models.BinaryField()),
                ('pair', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='gate.linkedpair')),
            ],
        ),
        migrations.AddIndex(
            model_name='linkedpair',
            index=models.Index(fields=['person'], name='gate_pair_person'),
        ),
        migrations.AddConstraint(
            model_name='linkedpair',
            constraint=models.UniqueConstraint(condition=models.Q(('known', '')), fields=('roster', 'person'), name='gate_pair_person_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='linkedpair',
            trigger=pgtrigger.compiler.Trigger(name='gate_pair_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='715153885a74f8cac5998bb1774713e0f4cb8641', operation='UPDATE OR DELETE', pgid='pgtrigger_gate_pair_append_only_eaaa8', table='gate_linkedpair', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='pairopinion',
            constraint=models.UniqueConstraint(fields=('pair', 'by'), name='gate_opinion_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pairopinion',
            trigger=pgtrigger.compiler.Trigger(name='gate_opinion_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8d8c3acee023935ba50909e36b5f473a5ab0f654', operation='UPDATE OR DELETE', pgid='pgtrigger_gate_opinion_append_only_51f64', table='gate_pairopinion', when='BEFORE')),
        ),
    ]
