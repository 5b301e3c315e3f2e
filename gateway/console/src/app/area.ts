import type { Icon } from '@tabler/icons-react';

import type { Role } from '~/lib/session/session';

/**
 * What a role's folder tells the shell. Words are keys of the area's own locale files (`roles/<name>/locales/*.json`).
 */
export interface Area {
  /** The folder's name, and the namespace of its words. */
  name: string;
  /** Who sees it; an account with several roles sees several. */
  roles: readonly Role[];
  /** Its start page. */
  home: string;
  nav: readonly NavItem[];
  commands: readonly Command[];
}

export interface NavItem {
  to: string;
  label: string;
  icon: Icon;
  /** Hidden without it; see libs/auth/permissions.cpp. */
  permission?: string;
  /** Two keys one after the other, "g d": goes there from everywhere. */
  keys?: string;
}

export interface Command {
  id: string;
  label: string;
  icon?: Icon;
  permission?: string;
  /** A path, with its search if it has one; screens read what to open from it. */
  to: string;
  keys?: string;
  /** More words by which the palette finds it; a key of the locale files. */
  keywords?: string;
}
