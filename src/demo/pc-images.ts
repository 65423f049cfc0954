import { find, make } from './make.ts';

/** What a file is to the PC: v86's option of that name, or the state, or the card's codec. */
const KINDS = {
  bios: ['BIOS', /^(sea)?bios/],
  vga_bios: ['VGA BIOS', /^vga/],
  bzimage: ['Linux kernel', /^(bzimage|vmlinu[xz])/],
  initrd: ['Initial RAM disk', /^init(rd|ramfs)/],
  cdrom: ['CD-ROM', /\.iso$/],
  hda: ['Hard disk', /\.(img|raw|hdd|dsk)$/],
  fda: ['Floppy disk', /\.(ima|flp|vfd|fd)$/],
  state: ['Saved state', /\.(state|zst|bin)$/],
  codec: ['Codec dump', /\.txt$|^codec#/],
} as const satisfies Record<string, readonly [string, RegExp]>;

export type Kind = keyof typeof KINDS;

const names = Object.keys(KINDS) as Kind[];
const FLOPPY_BYTES = 2_949_120;

/** By its name; a small raw image is a floppy. */
export function kindOf({ name, size }: { readonly name: string; readonly size: number }): Kind | null {
  const lower = name.toLowerCase();
  const kind = names.find((each) => KINDS[each][1].test(lower)) ?? null;
  return kind === 'hda' && size <= FLOPPY_BYTES ? 'fda' : kind;
}

/** The guest's files: dropped anywhere on the form or chosen, each taken for what its name says until the user says otherwise. */
export class Images {
  readonly #files = new Map<File, Kind | null>();
  readonly #list = find('#images');
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    const [form, drop, input] = [find('#pc'), find('#drop'), find<HTMLInputElement>('#files')];
    input.addEventListener('change', () => {
      this.#add([...(input.files ?? [])]);
      input.value = '';
    });
    const over = (event: DragEvent) => {
      event.preventDefault();
      drop.classList.toggle('over', event.type === 'dragover');
      if (event.type === 'drop') this.#add([...(event.dataTransfer?.files ?? [])]);
    };
    for (const type of ['dragover', 'dragleave', 'drop'] as const) form.addEventListener(type, over);
  }

  get(kind: Kind): File | null {
    return [...this.#files].findLast(([, taken]) => taken === kind)?.[0] ?? null;
  }

  #add(files: readonly File[]): void {
    for (const file of files) {
      const kind = kindOf(file);
      const row = make('li');
      const select = make('select', { ariaLabel: `${file.name} is the` }, make('option', { value: '' }, 'not used'));
      for (const each of names) {
        select.append(make('option', { value: each, selected: each === kind }, KINDS[each][0]));
      }
      select.addEventListener('change', () => {
        this.#files.set(file, (select.value || null) as Kind | null);
        this.#onChange();
      });
      const remove = make('button', { type: 'button', className: 'small', ariaLabel: `Remove ${file.name}` }, 'Remove');
      remove.addEventListener('click', () => {
        this.#files.delete(file);
        row.remove();
        this.#onChange();
      });
      row.append(make('span', { className: 'name' }, file.name), select, remove);
      this.#list.append(row);
      this.#files.set(file, kind);
    }
    this.#onChange();
  }
}
