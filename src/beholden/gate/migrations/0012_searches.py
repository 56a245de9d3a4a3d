# SPDX-License-Identifier: Apache-2.0

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gate', '0011_lists_of_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='Search',
            fields=[
                ('id', models.CharField(db_collation='C', max_length=32, primary_key=True, serialize=False)),
                ('order', models.CharField(db_collation='C', max_length=64)),
                ('asks', models.CharField(db_collation='C', max_length=64)),
                ('named', models.IntegerField()),
                ('opens_by', models.DateField()),
                ('at', models.DateTimeField()),
                ('by', models.CharField(db_collation='C', max_length=40)),
                ('second', models.CharField(blank=True, db_collation='C', max_length=40)),
                ('sought', models.BinaryField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('order',), name='gate_one_paper_one_search'), models.CheckConstraint(condition=models.Q(('sought__isnull', True), models.Q(models.Q(('second', ''), _negated=True), models.Q(('second', models.F('by')), _negated=True)), _connector='OR'), name='gate_nobody_sought_by_one_alone')],
            },
        ),
    ]
