# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0001_initial'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='question',
            name='vault_question_decided_whole',
        ),
        migrations.AddField(
            model_name='question',
            name='evidence',
            field=models.CharField(blank=True, db_collation='C', default='', max_length=20),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by', ''), ('evidence', ''), ('same__isnull', True)), models.Q(('decided_at__isnull', False), ('same__isnull', False), models.Q(('decided_by', ''), _negated=True), models.Q(('evidence', ''), _negated=True)), _connector='OR'), name='vault_question_decided_whole'),
        ),
    ]
