import { BarChart, LineChart } from '@mantine/charts';
import { Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { all, api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { ChartCard, NAMES, shortName, STILL, UNFOCUSED, WHOLE } from '~/ui/ChartCard';
import chart from '~/ui/ChartCard.module.css';
import { DataTable } from '~/ui/DataTable';
import { DayRange } from '~/ui/DayRange';
import { ExportButton } from '~/ui/ExportButton';
import { Facts } from '~/ui/Facts';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';

import { nameOf } from './prescription';

type Figures = Schema<'PharmacyFigures'>;
const HEIGHT = 220;

/** Dispensed per day, the rate over time, who prescribes most, what the stock is worth. */
export function FiguresPage() {
  const { t } = useTranslation('pharmacy');
  const { zone } = useFacility();
  const [days, setDays] = useState({ from: addDays(today(zone), -29), to: today(zone) });
  const figures = useQuery({
    queryKey: ['pharmacy', 'figures', days],
    queryFn: ({ signal }) => ok(api.GET('/v1/pharmacy/figures', { params: { query: days }, signal })),
    enabled: days.from !== '' && days.to !== '' && days.from <= days.to,
    placeholderData: (before) => before,
  });
  return (
    <Page
      title={t('figures.title')}
      actions={<ExportButton path="/v1/pharmacy/figures" query={days} name={`pharmacy-figures-${days.from}-${days.to}`} />}
    >
      <DayRange value={days} onChange={setDays} max={today(zone)} />
      <Loaded query={figures} rows={8}>
        {(data) => (
          <>
            <Now now={data.now} />
            <PerDay figures={data} />
            <div className={chart.pair}>
              <Rate figures={data} />
              <Prescribers figures={data} />
            </div>
          </>
        )}
      </Loaded>
      <Valuation />
    </Page>
  );
}

function Now({ now }: { now: Figures['now'] }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  return (
    <Paper withBorder p="md">
      <Facts
        inline
        rows={(['pending', 'ready', 'low', 'out', 'expiring', 'expired'] as const).map((name) => [t(`figures.now.${name}`), format.number(now[name])])}
      />
    </Paper>
  );
}

function PerDay({ figures }: { figures: Figures }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const sum = figures.days.reduce((total, day) => total + day.prescriptions, 0);
  return (
    <ChartCard
      title={t('figures.perDay')}
      summary={t('figures.perDaySum', { count: sum, shown: format.number(sum) })}
      isEmpty={figures.days.every((day) => day.prescriptions === 0 && day.issued === 0)}
      chart={
        <BarChart
          h={HEIGHT}
          data={figures.days.map((day) => ({ day: format.weekday(day.date), issued: day.issued, dispensed: day.prescriptions }))}
          dataKey="day"
          withLegend
          series={[
            { name: 'issued', label: t('figures.issued'), color: 'gray.6' },
            { name: 'dispensed', label: t('figures.dispensed'), color: 'cyan.7' },
          ]}
          yAxisProps={WHOLE}
          valueFormatter={format.number}
          barProps={STILL}
          barChartProps={UNFOCUSED}
        />
      }
      table={
        <DataTable
          rows={figures.days}
          rowKey={(day) => day.date}
          label={t('figures.perDay')}
          height="20rem"
          columns={[
            { key: 'date', label: t('field.day'), cell: (day) => format.weekday(day.date) },
            { key: 'issued', label: t('figures.issued'), end: true, cell: (day) => format.number(day.issued) },
            { key: 'prescriptions', label: t('figures.dispensed'), end: true, cell: (day) => format.number(day.prescriptions) },
            { key: 'dispenses', label: t('figures.handOvers'), end: true, cell: (day) => format.number(day.dispenses) },
            { key: 'units', label: t('figures.units'), end: true, cell: (day) => format.number(day.units) },
          ]}
        />
      }
    />
  );
}

function Rate({ figures }: { figures: Figures }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const rated = figures.days.filter((day) => day.rate !== null);
  const issued = rated.reduce((sum, day) => sum + day.issued, 0);
  const filled = rated.reduce((sum, day) => sum + day.filled, 0);
  return (
    <ChartCard
      title={t('figures.rate')}
      summary={issued > 0 ? t('figures.rateSum', { rate: format.percent(filled / issued) }) : undefined}
      isEmpty={rated.length === 0}
      chart={
        <LineChart
          h={HEIGHT}
          data={figures.days.map((day) => ({ day: format.weekday(day.date), rate: day.rate }))}
          dataKey="day"
          series={[{ name: 'rate', label: t('figures.rate'), color: 'teal.7' }]}
          yAxisProps={{ domain: [0, 1] }}
          valueFormatter={(value) => format.percent(value)}
          connectNulls
          lineProps={STILL}
          lineChartProps={UNFOCUSED}
        />
      }
      table={
        <DataTable
          rows={rated}
          rowKey={(day) => day.date}
          label={t('figures.rate')}
          height="20rem"
          columns={[
            { key: 'date', label: t('field.day'), cell: (day) => format.weekday(day.date) },
            { key: 'issued', label: t('figures.issued'), end: true, cell: (day) => format.number(day.issued) },
            { key: 'filled', label: t('figures.filled'), end: true, cell: (day) => format.number(day.filled) },
            { key: 'rate', label: t('figures.rate'), end: true, cell: (day) => format.percent(day.rate) },
          ]}
        />
      }
    />
  );
}

function Prescribers({ figures }: { figures: Figures }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const top = figures.top_prescribers;
  const name = (doctor: (typeof top)[number]) => doctor.display_name ?? t('figures.unknownDoctor');
  return (
    <ChartCard
      title={t('figures.prescribers')}
      isEmpty={top.length === 0}
      chart={
        <BarChart
          h={Math.max(HEIGHT, top.length * 32)}
          data={top.map((doctor) => ({ doctor: shortName(name(doctor)), issued: doctor.issued, filled: doctor.filled }))}
          dataKey="doctor"
          orientation="vertical"
          xAxisProps={WHOLE}
          yAxisProps={NAMES}
          valueFormatter={format.number}
          withLegend
          series={[
            { name: 'issued', label: t('figures.issued'), color: 'gray.6' },
            { name: 'filled', label: t('figures.filled'), color: 'cyan.7' },
          ]}
          barProps={STILL}
          barChartProps={UNFOCUSED}
        />
      }
      table={
        <DataTable
          rows={top}
          rowKey={(doctor) => doctor.doctor_id}
          label={t('figures.prescribers')}
          height="20rem"
          columns={[
            { key: 'doctor', label: t('field.doctor'), cell: name },
            { key: 'issued', label: t('figures.issued'), end: true, cell: (doctor) => format.number(doctor.issued) },
            { key: 'filled', label: t('figures.filled'), end: true, cell: (doctor) => format.number(doctor.filled) },
            { key: 'rate', label: t('figures.rate'), end: true, cell: (doctor) => format.percent(doctor.rate) },
            { key: 'units', label: t('figures.units'), end: true, cell: (doctor) => format.number(doctor.units) },
          ]}
        />
      }
    />
  );
}

const SHOWN = 12;

function Valuation() {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const query = useQuery({
    queryKey: ['pharmacy', 'valuation'],
    queryFn: async ({ signal }) => {
      let total: Schema<'Value'> | undefined;
      const rows = await all(async (cursor) => {
        const page = await ok(api.GET('/v1/pharmacy/valuation', { params: { query: { limit: 200, cursor } }, signal }));
        total = page.total;
        return page;
      });
      return { rows, total };
    },
  });
  return (
    <Loaded query={query}>
      {({ rows, total }) => {
        const dearest = [...rows].sort((a, b) => Number(b.cost.amount) - Number(a.cost.amount)).slice(0, SHOWN);
        return (
          <ChartCard
            title={t('figures.valuation')}
            summary={
              total && (
                <>
                  <Facts
                    inline
                    rows={[
                      [t('figures.cost'), format.money(total.cost)],
                      [t('figures.usableCost'), format.money(total.usable_cost)],
                      [t('figures.atPrice'), total.price && format.money(total.price)],
                      [t('figures.uncosted'), total.uncosted > 0 && format.number(total.uncosted)],
                    ]}
                  />
                  {rows.length > SHOWN && (
                    <Text size="xs" mt={4}>
                      {t('figures.dearest', { count: SHOWN })}
                    </Text>
                  )}
                </>
              )
            }
            isEmpty={dearest.every((row) => Number(row.cost.amount) === 0)}
            chart={
              <BarChart
                h={Math.max(HEIGHT, dearest.length * 30)}
                data={dearest.map((row) => ({ medicine: shortName(nameOf(row.medicine)), cost: Number(row.cost.amount) }))}
                dataKey="medicine"
                orientation="vertical"
                yAxisProps={NAMES}
                series={[{ name: 'cost', label: t('figures.cost'), color: 'cyan.7' }]}
                valueFormatter={(value) => format.number(value)}
                barProps={STILL}
                barChartProps={UNFOCUSED}
              />
            }
            table={
              <>
                <ExportButton path="/v1/pharmacy/valuation" name="stock-valuation" />
                <DataTable
                  rows={rows}
                  rowKey={(row) => row.medicine_id}
                  label={t('figures.valuation')}
                  height="24rem"
                  columns={[
                    { key: 'medicine', label: t('field.medicine'), cell: (row) => nameOf(row.medicine) },
                    { key: 'on_hand', label: t('field.onHand'), end: true, cell: (row) => format.number(row.on_hand) },
                    { key: 'cost', label: t('figures.cost'), end: true, cell: (row) => format.money(row.cost) },
                    { key: 'usable', label: t('figures.usableCost'), end: true, cell: (row) => format.money(row.usable_cost) },
                    { key: 'price', label: t('figures.atPrice'), end: true, cell: (row) => format.money(row.price) },
                    { key: 'uncosted', label: t('figures.uncosted'), end: true, cell: (row) => format.number(row.uncosted) },
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
