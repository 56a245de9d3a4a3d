# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notices', '0004_letter_of_each_school'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='number',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name='run',
            name='use',
            field=models.CharField(db_collation='C', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.UniqueConstraint(fields=('use', 'number'), name='notices_one_telling_a_run'),
        ),
    ]
