# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gate', '0007_lengthening'),
    ]

    operations = [
        migrations.AddField(
            model_name='disclosure',
            name='upto_correction',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='disclosure',
            name='upto_file',
            field=models.BigIntegerField(null=True),
        ),
    ]
