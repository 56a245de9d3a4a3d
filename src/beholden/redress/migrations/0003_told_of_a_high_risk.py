# SPDX-License-Identifier: Apache-2.0
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('redress', '0002_high_risk'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='incidentstep',
            name='redress_step_once',
        ),
        migrations.AddConstraint(
            model_name='incidentstep',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'people_told'), _negated=True), fields=('incident', 'state'), name='redress_step_once'),
        ),
    ]
