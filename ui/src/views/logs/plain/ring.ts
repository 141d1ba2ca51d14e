/** The newest of many: what is too many falls out at the old end. */
export class Ring<T> {
  private items: T[] = []
  private first = 0
  /** How many were pushed since it was cleared. */
  total = 0

  constructor(private readonly most: number) {}

  push(item: T) {
    this.total++
    if (this.items.length < this.most) {
      this.items.push(item)
      return
    }
    this.items[this.first] = item
    this.first = (this.first + 1) % this.most
  }

  get length() {
    return this.items.length
  }

  get dropped() {
    return this.total - this.items.length
  }

  /** The oldest that is kept is 0. */
  at(index: number): T | undefined {
    return index < this.items.length ? this.items[(this.first + index) % this.items.length] : undefined
  }

  toArray(): T[] {
    return [...this.items.slice(this.first), ...this.items.slice(0, this.first)]
  }

  clear() {
    this.items = []
    this.first = 0
    this.total = 0
  }
}
