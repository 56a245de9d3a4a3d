# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gate', '0003_urgent_reviews'),
    ]

    operations = [
        migrations.AddField(
            model_name='decision',
            name='untold',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='untold_outbox',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='decision',
            name='untold_under',
            field=models.CharField(blank=True, db_collation='C', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='disclosure',
            name='marks',
            field=models.CharField(blank=True, db_collation='C', default='', max_length=64),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('untold__isnull', True), ('untold_outbox__isnull', True), ('untold_under', '')), models.Q(models.Q(('untold_under', ''), _negated=True), ('untold_outbox__isnull', False)), _connector='OR'), name='gate_untold_said_exactly_if_let_in'),
        ),
    ]
