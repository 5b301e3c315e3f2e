import { expect, test } from 'vitest';

import type { Schema } from '~/lib/api/client';

import { openVisits } from './visits';

const told = (id: string, event: string, summary = event, doctor_id = 'one'): Schema<'HistoryItem'> => ({
  at: '2026-11-27T08:00:00Z', kind: 'APPOINTMENT', event, ref: { type: 'appointment', id }, summary, doctor_id,
});

test('what is open today, by time, as the newest word about it says', () => {
  const visits = openVisits(
    [
      told('c', 'AppointmentRescheduled', 'Appointment moved to 2026-11-28 09:00'),
      told('d', 'AppointmentCancelled'),
      told('d', 'AppointmentBooked', 'Appointment booked for 2026-11-27 10:00'),
      told('a', 'AppointmentCheckedIn', 'Checked in', 'two'),
      told('a', 'AppointmentRescheduled', 'Appointment moved to 2026-11-27 11:00', 'two'),
      told('a', 'AppointmentBooked', 'Appointment booked for 2026-11-26 11:00'),
      told('b', 'AppointmentBooked', 'Appointment booked for 2026-11-27 08:30'),
      told('c', 'AppointmentBooked', 'Appointment booked for 2026-11-27 09:00'),
    ],
    '2026-11-27',
  );
  expect(visits).toEqual([
    { id: 'b', doctor_id: 'one', time: '08:30', status: 'BOOKED' },
    { id: 'a', doctor_id: 'two', time: '11:00', status: 'CHECKED_IN' },
  ]);
});
