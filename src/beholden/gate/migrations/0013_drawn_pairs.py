# SPDX-License-Identifier: Apache-2.0
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gate', '0012_searches'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkedYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateField()),
                ('until', models.DateField(unique=True)),
                ('outbox', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='linkedpair',
            name='sampled',
            field=models.CharField(blank=True, db_collation='C', max_length=5),
        ),
        migrations.AddField(
            model_name='linking',
            name='audit_outbox',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='linking',
            name='audited',
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name='linkedpair',
            name='person',
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name='linkedpair',
            constraint=models.CheckConstraint(condition=models.Q(('person__isnull', False), ('sampled__in', ('near', 'far')), _connector='XOR'), name='gate_pair_of_nobody_exactly_if_passed'),
        ),
        migrations.AddConstraint(
            model_name='linking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('audit_outbox__isnull', True), ('audited__isnull', True)), models.Q(('audit_outbox__isnull', False), ('audited__isnull', False), ('outbox__isnull', False)), _connector='OR'), name='gate_linking_audited_exactly_if_said'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='linkedyear',
            trigger=pgtrigger.compiler.Trigger(name='gate_linkedyear_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ae6bdf86098fdec9b579e7a0a9319877dd847589', operation='UPDATE OR DELETE', pgid='pgtrigger_gate_linkedyear_append_only_06a64', table='gate_linkedyear', when='BEFORE')),
        ),
    ]
