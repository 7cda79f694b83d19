// Where the user is: the part of the address behind `#`.

export const PROJECT_PAGES = ['collect', 'curate', 'train', 'results', 'live', 'export'] as const;
export type ProjectPage = (typeof PROJECT_PAGES)[number];

export type Route =
  | { page: 'home' }
  | { page: 'live' }
  | { page: 'practise' }
  | { page: ProjectPage; project: string }
  | { page: 'unknown' };

export function parse(hash: string): Route {
  const path = hash.replace(/^#\/?/, '').split('?')[0] ?? '';
  const parts = path.split('/').filter((part) => part !== '').map(decodeURIComponent);
  if (parts.length === 0) return { page: 'home' };
  if (parts.length === 1 && parts[0] === 'practise') return { page: 'practise' };
  if (parts.length === 1 && parts[0] === 'live') return { page: 'live' };
  const page = PROJECT_PAGES.find((known) => known === parts[2]);
  if (parts[0] === 'project' && parts[1] !== undefined && page !== undefined) return { page, project: parts[1] };
  return { page: 'unknown' };
}

export function link(route: Route): string {
  if ('project' in route) return `#/project/${encodeURIComponent(route.project)}/${route.page}`;
  return route.page === 'home' ? '#/' : `#/${route.page}`;
}

class Router {
  #current = $state<Route>(parse(location.hash));
  #query = $state<URLSearchParams>(query());

  constructor() {
    addEventListener('hashchange', () => {
      this.#current = parse(location.hash);
      this.#query = query();
    });
  }

  get current(): Route {
    return this.#current;
  }

  /** What stands behind `?` in the part behind `#`. */
  get query(): URLSearchParams {
    return this.#query;
  }

  go(route: Route): void {
    location.hash = link(route);
  }
}

function query(): URLSearchParams {
  return new URLSearchParams(location.hash.split('?')[1] ?? '');
}

export const router = new Router();
