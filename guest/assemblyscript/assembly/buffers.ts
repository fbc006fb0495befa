// Buffers that cross the boundary. They are not the garbage collector's: the host frees each of them, with the length
// with which it crossed, so that a free block is all that has to be written down.

// The collector takes the memory that is there when it starts. What is grown later it takes only when it grew it itself.
heap.free(heap.alloc(1));

/** Larger ones would run into the end of the address space. */
const MOST: usize = 1 << 30;

@unmanaged class Block {
  size: usize;
  next: Block | null;
}

/** The free blocks by address; no two of them touch. */
let first: Block | null = null;

/** Gets a buffer; 0 where there is no room. */
export function alloc(len: usize): usize {
  if (len > MOST) return 0;
  const size = (max<usize>(len, 1) + 7) & ~7;
  const block = take(size);
  if (block) return block;
  const pages = <i32>((size + 0xffff) >>> 16);
  const before = memory.grow(pages);
  if (before < 0) return 0;
  give(<usize>before << 16, <usize>pages << 16);
  return take(size);
}

/** Takes a buffer back. One that lies among the constants stays where it is. */
export function free(ptr: usize, len: usize): void {
  if (ptr >= __heap_base && len) give(ptr, (len + 7) & ~7);
}

/** The end of the first free block that is large enough. */
function take(size: usize): usize {
  let before: Block | null = null;
  let block = first;
  while (block !== null) {
    if (block.size >= size) {
      block.size -= size;
      if (!block.size) {
        if (before !== null) before.next = block.next;
        else first = block.next;
      }
      return changetype<usize>(block) + block.size;
    }
    before = block;
    block = block.next;
  }
  return 0;
}

/** Puts a block among the free ones, together with its neighbours. */
function give(ptr: usize, size: usize): void {
  let before: Block | null = null;
  let after = first;
  while (after !== null && changetype<usize>(after) < ptr) {
    before = after;
    after = after.next;
  }
  let block = changetype<Block>(ptr);
  block.size = size;
  block.next = after;
  if (before === null) first = block;
  else if (endOf(before) == ptr) {
    before.size += size;
    block = before;
  } else before.next = block;
  if (after !== null && endOf(block) == changetype<usize>(after)) {
    block.size += after.size;
    block.next = after.next;
  } else block.next = after;
}

function endOf(block: Block): usize {
  return changetype<usize>(block) + block.size;
}
