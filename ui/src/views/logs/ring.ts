/** The newest of many: what is too many, or too long together, falls out at the old end. */
export class Ring<T> {
  private items: Array<T | undefined> = []
  private sizes: number[] = []
  private first = 0
  private count = 0
  private size = 0
  /** How many were pushed since it was cleared. */
  total = 0

  /** At most so many items, and so much of `sizeOf` together. */
  constructor(
    private readonly most: number,
    private readonly mostSize: number,
    private readonly sizeOf: (item: T) => number,
  ) {}

  push(item: T) {
    const size = this.sizeOf(item)
    while (this.count > 0 && (this.count >= this.most || this.size + size > this.mostSize)) this.shift()
    const at = (this.first + this.count) % this.most
    this.items[at] = item
    this.sizes[at] = size
    this.count++
    this.size += size
    this.total++
  }

  private shift() {
    this.size -= this.sizes[this.first] ?? 0
    this.items[this.first] = undefined
    this.first = (this.first + 1) % this.most
    this.count--
  }

  get length() {
    return this.count
  }

  get dropped() {
    return this.total - this.count
  }

  /** The oldest that is kept is 0. */
  at(index: number): T | undefined {
    return index >= 0 && index < this.count ? this.items[(this.first + index) % this.most] : undefined
  }

  /** The last one that fits, from `before` towards the old end; -1 where none does. */
  findLast(fits: (item: T) => boolean, before = this.count): number {
    for (let index = Math.min(before, this.count) - 1; index >= 0; index--) if (fits(this.at(index) as T)) return index
    return -1
  }

  toArray(): T[] {
    return Array.from({length: this.count}, (_, index) => this.at(index) as T)
  }

  clear() {
    this.items = []
    this.sizes = []
    this.first = this.count = this.size = this.total = 0
  }
}
