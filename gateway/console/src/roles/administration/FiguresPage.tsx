import { BarChart, LineChart } from '@mantine/charts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, daysOf, today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { ChartCard, NAMES, shortName, STILL, UNFOCUSED, WHOLE } from '~/ui/ChartCard';
import chart from '~/ui/ChartCard.module.css';
import { DataTable } from '~/ui/DataTable';
import { DayRange, type Days } from '~/ui/DayRange';
import { ExportButton } from '~/ui/ExportButton';
import { Facts } from '~/ui/Facts';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';

const HEIGHT = 220;

/** Visits and who did not come, how long people waited, what each doctor did. */
export function FiguresPage() {
  const { t } = useTranslation('administration');
  const { zone } = useFacility();
  const [days, setDays] = useState({ from: addDays(today(zone), -29), to: today(zone) });
  return (
    <Page title={t('nav.figures')}>
      <DayRange value={days} onChange={setDays} max={today(zone)} />
      <Visits days={days} />
      <Waits days={days} />
      <Doctors days={days} />
    </Page>
  );
}

const whole = (days: Days) => days.from !== '' && days.to !== '' && days.from <= days.to;

type Figures = Schema<'AppointmentFigures'>;

/** Those without a visit too: the axis of time has no holes. */
function eachDay(figures: Figures): (Pick<Figures['by_day'][number], 'date'> & Partial<Figures['by_day'][number]>)[] {
  const found = new Map(figures.by_day.map((day) => [day.date, day]));
  return daysOf(figures.from, figures.to).map((date) => found.get(date) ?? { date });
}

function Visits({ days }: { days: Days }) {
  const { t } = useTranslation('administration');
  const format = useFormat();
  const query = useQuery({
    queryKey: ['figures', 'appointments', days],
    queryFn: ({ signal }) => ok(api.GET('/v1/figures/appointments', { params: { query: days }, signal })),
    enabled: whole(days),
    placeholderData: (before) => before,
  });
  return (
    <Loaded query={query} rows={6}>
      {(figures) => (
        <div className={chart.pair}>
          <ChartCard
            title={t('figures.visits')}
            summary={
              <Facts
                inline
                rows={[
                  [t('figures.appointments'), format.number(figures.total.appointments)],
                  [t('figures.completed'), format.number(figures.total.visits)],
                  [t('figures.open'), format.number(figures.total.open)],
                  [t('figures.cancelled'), format.number(figures.total.cancelled)],
                  [t('figures.noShow'), format.number(figures.total.no_show)],
                ]}
              />
            }
            isEmpty={figures.total.appointments === 0}
            chart={
              <BarChart
                h={HEIGHT}
                type="stacked"
                withLegend
                dataKey="day"
                data={eachDay(figures).map((day) => ({ ...day, day: format.weekday(day.date) }))}
                series={[
                  { name: 'visits', label: t('figures.completed'), color: 'teal.7' },
                  { name: 'open', label: t('figures.open'), color: 'blue.6' },
                  { name: 'no_show', label: t('figures.noShow'), color: 'orange.8' },
                  { name: 'cancelled', label: t('figures.cancelled'), color: 'gray.6' },
                ]}
                yAxisProps={WHOLE}
                valueFormatter={format.number}
                barProps={STILL}
                barChartProps={UNFOCUSED}
              />
            }
            table={<DayTable figures={figures} title={t('figures.visits')} days={days} />}
          />
          <ChartCard
            title={t('figures.noShowRate')}
            summary={figures.total.no_show_rate !== undefined && t('figures.noShowSum', { rate: format.percent(figures.total.no_show_rate) })}
            isEmpty={figures.by_day.every((day) => day.no_show_rate === undefined)}
            chart={
              <LineChart
                h={HEIGHT}
                dataKey="day"
                data={eachDay(figures).map((day) => ({ day: format.weekday(day.date), rate: day.no_show_rate ?? null }))}
                series={[{ name: 'rate', label: t('figures.noShowRate'), color: 'orange.8' }]}
                yAxisProps={{ domain: [0, 1] }}
                valueFormatter={(value) => format.percent(value)}
                connectNulls
                lineProps={STILL}
                lineChartProps={UNFOCUSED}
              />
            }
            table={<DayTable figures={figures} title={t('figures.noShowRate')} days={days} />}
          />
        </div>
      )}
    </Loaded>
  );
}

function DayTable({ figures, title, days }: { figures: Figures; title: string; days: Days }) {
  const { t } = useTranslation('administration');
  const format = useFormat();
  return (
    <>
      <ExportButton path="/v1/figures/appointments" query={{ ...days }} name={`visits-${days.from}-${days.to}`} />
      <DataTable
        rows={figures.by_day}
        rowKey={(row) => row.date}
        label={title}
        height="20rem"
        columns={[
          { key: 'date', label: t('field.day'), cell: (row) => format.weekday(row.date) },
          { key: 'appointments', label: t('figures.appointments'), end: true, cell: (row) => format.number(row.appointments) },
          { key: 'visits', label: t('figures.completed'), end: true, cell: (row) => format.number(row.visits) },
          { key: 'open', label: t('figures.open'), end: true, cell: (row) => format.number(row.open) },
          { key: 'cancelled', label: t('figures.cancelled'), end: true, cell: (row) => format.number(row.cancelled) },
          { key: 'no_show', label: t('figures.noShow'), end: true, cell: (row) => format.number(row.no_show) },
          { key: 'rate', label: t('figures.noShowRate'), end: true, cell: (row) => format.percent(row.no_show_rate) },
        ]}
      />
    </>
  );
}

function Waits({ days }: { days: Days }) {
  const { t } = useTranslation('administration');
  const format = useFormat();
  const query = useQuery({
    queryKey: ['figures', 'waits', days],
    queryFn: ({ signal }) => ok(api.GET('/v1/figures/waits', { params: { query: days }, signal })),
    enabled: whole(days),
    placeholderData: (before) => before,
  });
  const minutes = (value: number) => format.duration(Math.round(value));
  return (
    <Loaded query={query}>
      {(figures) => (
        <ChartCard
          title={t('figures.waits')}
          summary={t('figures.waitsMeans')}
          isEmpty={figures.items.length === 0}
          chart={
            <BarChart
              h={HEIGHT}
              withLegend
              dataKey="department"
              data={figures.items.map((one) => ({ department: one.department ?? '', p50: one.wait_min.p50, p90: one.wait_min.p90 }))}
              series={[
                { name: 'p50', label: t('figures.p50'), color: 'cyan.7' },
                { name: 'p90', label: t('figures.p90'), color: 'indigo.5' },
              ]}
              yAxisProps={WHOLE}
              valueFormatter={minutes}
              barProps={STILL}
              barChartProps={UNFOCUSED}
            />
          }
          table={
            <>
              <ExportButton path="/v1/figures/waits" query={{ ...days }} name={`waits-${days.from}-${days.to}`} />
              <DataTable
                rows={figures.items}
                rowKey={(row) => row.department_id}
                label={t('figures.waits')}
                height="20rem"
                columns={[
                  { key: 'department', label: t('field.department'), cell: (row) => row.department },
                  { key: 'visits', label: t('figures.turns'), end: true, cell: (row) => format.number(row.visits) },
                  { key: 'p50', label: t('figures.p50'), end: true, cell: (row) => minutes(row.wait_min.p50) },
                  { key: 'p90', label: t('figures.p90'), end: true, cell: (row) => minutes(row.wait_min.p90) },
                ]}
              />
            </>
          }
        />
      )}
    </Loaded>
  );
}

const SHOWN = 15;

function Doctors({ days }: { days: Days }) {
  const { t } = useTranslation('administration');
  const format = useFormat();
  const query = useQuery({
    queryKey: ['figures', 'doctors', days],
    queryFn: ({ signal }) => ok(api.GET('/v1/figures/doctors', { params: { query: days }, signal })),
    enabled: whole(days),
    placeholderData: (before) => before,
  });
  const minutes = (value: number | undefined) => (value === undefined ? '' : format.duration(Math.round(value)));
  return (
    <Loaded query={query}>
      {(figures) => {
        const rows = [...figures.items].sort((a, b) => (b.visits ?? b.completed ?? 0) - (a.visits ?? a.completed ?? 0));
        const top = rows.slice(0, SHOWN);
        return (
          <ChartCard
            title={t('figures.doctors')}
            summary={figures.missing.length > 0 ? t('start.missing', { parts: figures.missing.map((part) => t(`part.${part}`, { defaultValue: part })).join(', ') }) : undefined}
            isEmpty={rows.length === 0}
            chart={
              <BarChart
                h={Math.max(HEIGHT, top.length * 34)}
                orientation="vertical"
                withLegend
                dataKey="doctor"
                xAxisProps={WHOLE}
                yAxisProps={NAMES}
                valueFormatter={format.number}
                data={top.map((one) => ({ doctor: shortName(one.display_name ?? ''), visits: one.visits ?? 0, no_show: one.no_show ?? 0 }))}
                series={[
                  { name: 'visits', label: t('figures.consultations'), color: 'teal.7' },
                  { name: 'no_show', label: t('figures.noShow'), color: 'orange.8' },
                ]}
                barProps={STILL}
                barChartProps={UNFOCUSED}
              />
            }
            table={
              <>
                <ExportButton path="/v1/figures/doctors" query={{ ...days }} name={`doctors-${days.from}-${days.to}`} />
                <DataTable
                  rows={rows}
                  rowKey={(row) => row.doctor_id}
                  label={t('figures.doctors')}
                  height="24rem"
                  columns={[
                    { key: 'doctor', label: t('field.doctor'), cell: (row) => row.display_name },
                    { key: 'appointments', label: t('figures.appointments'), end: true, cell: (row) => format.number(row.appointments) },
                    { key: 'visits', label: t('figures.consultations'), end: true, cell: (row) => format.number(row.visits) },
                    { key: 'no_show', label: t('figures.noShow'), end: true, cell: (row) => format.number(row.no_show) },
                    { key: 'rate', label: t('figures.noShowRate'), end: true, cell: (row) => format.percent(row.no_show_rate) },
                    { key: 'p50', label: t('figures.visitP50'), end: true, cell: (row) => minutes(row.visit_p50_min) },
                    { key: 'p90', label: t('figures.visitP90'), end: true, cell: (row) => minutes(row.visit_p90_min) },
                  ]}
                />
              </>
            }
          />
        );
      }}
    </Loaded>
  );
}
