import { expect, test } from 'vitest';

import { ofInstallation, rolesIn, withRoles } from './account';

test('only the staff roles of one facility change', () => {
  const before = [
    { facility_id: 'a', roles: ['patient' as const, 'nurse' as const] },
    { facility_id: 'b', roles: ['doctor' as const] },
    { facility_id: null, roles: ['installation_admin' as const] },
  ];
  expect(rolesIn(before, 'a')).toEqual(['nurse']);
  expect(ofInstallation(before)).toBe(true);
  expect(withRoles(before, 'a', ['doctor'], false)).toEqual([
    { facility_id: 'b', roles: ['doctor'] },
    { facility_id: 'a', roles: ['patient', 'doctor'] },
  ]);
});

test('without any role there is no membership', () => {
  expect(withRoles([], 'a', [], true)).toEqual([{ facility_id: null, roles: ['installation_admin'] }]);
});
