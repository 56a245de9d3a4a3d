# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0002_second_codes'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='handle',
            field=models.CharField(blank=True, db_collation='C', default='', max_length=64),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(('handle__regex', '^([0-9a-f]{64})?$')), name='notices_handle_is_a_digest'),
        ),
    ]
