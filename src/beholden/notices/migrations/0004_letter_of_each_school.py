# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0003_handle'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='letter',
            name='notices_one_letter_an_adult',
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('run', 'school', 'adult'), name='notices_one_letter_an_adult'),
        ),
    ]
