import { Alert, Button, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { IconSearch, IconStethoscope } from '@tabler/icons-react';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { useWords } from '~/lib/errors/useWords';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { AnchorLink, ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Empty, Loaded, Loading, Unread } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { type Doctor, useDepartments, useDoctors, useNames, useSpecialties } from './own';
import classes from './Patient.module.css';
import type { BookSearch } from './routes';
import { type Slot, TimePicker } from './TimePicker';
import { WithRecord } from './WithRecord';

const route = getRouteApi('/shell/patient/book');

/** Doctor or specialty, time, confirm: each step stands in the path, so that "back" goes one step back. */
export function BookPage() {
  const { t } = useTranslation('patient');
  const search = route.useSearch();
  const title = search.at ? t('book.confirmTitle') : search.doctor || search.specialty ? t('book.timeTitle') : t('book.title');
  return (
    <Page title={title}>
      <Stack gap="md" className={classes.column}>
        <WithRecord>{(patientId) => <Step search={search} patientId={patientId} />}</WithRecord>
        <ZoneNotice />
      </Stack>
    </Page>
  );
}

/** Field and place, said once where they are called the same. */
const once = (...parts: (string | undefined)[]) => [...new Set(parts.filter(Boolean))].join(' · ');

function Step({ search, patientId }: { search: BookSearch; patientId: string }) {
  if (search.at && search.with) {
    return <Confirm key={`${search.at} ${search.with}`} search={search} at={search.at} doctorId={search.with} patientId={patientId} />;
  }
  if (search.doctor || search.specialty) return <Times search={search} />;
  return <Whom search={search} />;
}

function Whom({ search }: { search: BookSearch }) {
  const { t } = useTranslation('patient');
  const [typed, setTyped] = useState('');
  const doctors = useDoctors();
  const fieldsRead = useSpecialties();
  const placesRead = useDepartments();
  const specialties = fieldsRead.data ?? [];
  const departments = placesRead.data ?? [];
  const sought = typed.trim().toLocaleLowerCase();
  const tells = (...texts: (string | undefined)[]) => texts.some((text) => text?.toLocaleLowerCase().includes(sought));
  return (
    <Stack gap="md">
      {search.assessment ? (
        <Alert color="teal" variant="light">
          {t('book.withAnswers')}
        </Alert>
      ) : (
        <Link to="/patient/assess" className={classes.card}>
          <span className={classes.row}>
            <span className={classes.grow}>
              <Text component="span" display="block" fw={600}>
                {t('book.ill')}
              </Text>
              <Text component="span" display="block" size="sm" c="dimmed">
                {t('book.illHint')}
              </Text>
            </span>
            <IconStethoscope size={24} aria-hidden />
          </span>
        </Link>
      )}
      <TextInput
        label={t('book.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Unread of={[fieldsRead, placesRead]} />
      <Loaded query={doctors}>
        {(all) => {
          if (fieldsRead.isPending || placesRead.isPending) return <Loading />;
          const active = all.filter((one) => one.active);
          const fields = specialties.filter((one) => active.some((doctor) => doctor.specialty === one.code) && tells(one.name));
          const fieldName = (code: string) => specialties.find((one) => one.code === code)?.name ?? code;
          const place = (id: string) => departments.find((one) => one.id === id)?.name;
          const people = active.filter((one) => tells(one.display_name, fieldName(one.specialty), place(one.department_id)));
          if (fields.length + people.length === 0) return <Empty>{t('book.nobody')}</Empty>;
          return (
            <>
              {fields.length > 0 && (
                <section aria-labelledby="book-fields">
                  <Title order={2} size="h5" mb="xs" id="book-fields">
                    {t('book.fields')}
                  </Title>
                  <ul className={classes.choices}>
                    {fields.map((one) => (
                      <li key={one.id}>
                        <Link to="/patient/book" search={{ ...search, specialty: one.code }} className={classes.card}>
                          <Text component="span" display="block" fw={600} dir="auto">
                            {one.name}
                          </Text>
                          <Text component="span" display="block" size="sm" c="dimmed">
                            {t('book.anyDoctor')}
                          </Text>
                        </Link>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
              {people.length > 0 && (
                <section aria-labelledby="book-doctors">
                  <Title order={2} size="h5" mb="xs" id="book-doctors">
                    {t('book.doctors')}
                  </Title>
                  <ul className={classes.choices}>
                    {people.map((one) => (
                      <li key={one.id}>
                        <Link to="/patient/book" search={{ ...search, doctor: one.id }} className={classes.card}>
                          <Text component="span" display="block" fw={600} dir="auto">
                            {one.display_name}
                          </Text>
                          <Text component="span" display="block" size="sm" c="dimmed" dir="auto">
                            {once(fieldName(one.specialty), place(one.department_id))}
                          </Text>
                          <Fee doctor={one} />
                        </Link>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

function Fee({ doctor }: { doctor: Doctor }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  if (!doctor.fee) return null;
  return (
    <Text component="span" display="block" size="sm" c="dimmed">
      {t('book.fee', { money: format.money(doctor.fee) })}
    </Text>
  );
}

function Times({ search }: { search: BookSearch }) {
  const { t } = useTranslation('patient');
  const navigate = useNavigate();
  const names = useNames();
  const whom = search.doctor ? names.doctor(search.doctor)?.display_name : names.specialty(search.specialty);
  const { doctor, specialty, assessment } = search;
  return (
    <Stack gap="md">
      <Text dir="auto">
        <strong>{whom}</strong>{' '}
        <AnchorLink to="/patient/book" search={assessment ? { assessment } : {}}>
          {t('book.change')}
        </AnchorLink>
      </Text>
      <TimePicker
        whose={{ doctor, specialty, assessment }}
        onPick={(slot) => void navigate({ to: '/patient/book', search: { ...search, at: slot.starts_at, with: slot.doctor_id } })}
      />
    </Stack>
  );
}

interface ConfirmProps {
  search: BookSearch;
  at: string;
  doctorId: string;
  patientId: string;
}

function Confirm({ search, at, doctorId, patientId }: ConfirmProps) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const names = useNames();
  const words = useWords();
  const navigate = useNavigate();
  const [reason, setReason] = useState('');
  const doctor = names.doctor(doctorId);
  const book = useCommand(
    (body: Schema<'AppointmentInput'>, header) => ok(api.POST('/v1/appointments', { params: { header }, body })),
    {
      refreshes: [['appointments'], ['slots']],
      onDone: (visit) => {
        sayDone(t('book.done'));
        void navigate({ to: '/patient/visits/$id', params: { id: visit.id }, replace: true });
      },
      onRefused: () => true,
    },
  );
  const choose = (slot: Slot) =>
    void navigate({ to: '/patient/book', search: { ...search, at: slot.starts_at, with: slot.doctor_id }, replace: true });
  const alternatives = isProblem(book.error) ? ((book.error.body.alternatives ?? []) as Slot[]) : [];
  const { at: _at, with: _with, ...before } = search;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        book.run({
          patient_id: patientId,
          doctor_id: doctorId,
          starts_at: at,
          ...(reason.trim() ? { reason: reason.trim() } : {}),
          ...(search.assessment ? { assessment_id: search.assessment } : {}),
        });
      }}
    >
      <Stack gap="md">
        <div className={`${classes.card} ${classes.next}`}>
          <Text fz="lg" fw={700}>
            {format.dayTime(at)}
          </Text>
          <Text dir="auto">{doctor?.display_name}</Text>
          <Text size="sm" c="dimmed" dir="auto">
            {once(names.specialty(doctor?.specialty), names.department(doctor?.department_id))}
          </Text>
        </div>
        <Textarea
          label={t('book.reason')}
          description={t('book.reasonHint')}
          autosize
          minRows={2}
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {book.error !== null && book.error !== undefined && (
          <Alert color="red" variant="light" role="alert">
            <Stack gap="sm">
              <Text size="sm">{words(book.error)}</Text>
              {alternatives.length > 0 && (
                <>
                  <Text size="sm">{t('book.instead')}</Text>
                  <ul className={`${classes.times} ${classes.timesWide}`}>
                    {alternatives.map((slot) => (
                      <li key={`${slot.starts_at} ${slot.doctor_id}`}>
                        <button type="button" className={classes.time} onClick={() => choose(slot)}>
                          {format.dayTime(slot.starts_at)}
                        </button>
                      </li>
                    ))}
                  </ul>
                </>
              )}
            </Stack>
          </Alert>
        )}
        <Button type="submit" size="md" loading={book.busy} autoFocus>
          {t('book.submit')}
        </Button>
        <ButtonLink variant="subtle" to="/patient/book" search={before}>
          {t('book.otherTime')}
        </ButtonLink>
      </Stack>
    </form>
  );
}
