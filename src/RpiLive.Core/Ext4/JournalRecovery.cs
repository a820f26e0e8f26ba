using System.Buffers.Binary;

namespace RpiLive.Core.Ext4;

/// <summary>
/// Finds what replaying the journal would write, by the rules of Linux (fs/jbd2/recovery.c): a scan for the last complete
/// transaction, then the revoke records, then the blocks. It stops where Linux stops and fails where Linux refuses to mount.
/// </summary>
internal sealed class JournalRecovery
{
    private const int HeaderSize = 12;
    private const int TailSize = 4;
    private const int RevokeHeaderSize = 16;
    private const int CommitChecksumOffset = 16;
    private const int CommitTimeOffset = 48;
    private const int CommitHeaderSize = 64;

    private readonly JournalLog _log;
    private readonly JournalSuperblock _journal;
    private readonly Ext4Device _device;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<long, uint> _revoked = [];
    private readonly Dictionary<long, JournaledBlock> _blocks = [];
    private readonly byte[] _descriptor;
    private long _next;
    private long _left;
    private uint _sequence;

    private JournalRecovery(JournalLog log, CancellationToken cancellation)
    {
        _log = log;
        _journal = log.Superblock;
        _device = log.Device;
        _cancellation = cancellation;
        _descriptor = new byte[_device.BlockSize];
    }

    /// <summary>The blocks to lay over the file system, by their place in it.</summary>
    public IReadOnlyDictionary<long, JournaledBlock> Blocks => _blocks;

    /// <summary>The transaction that would come after the last complete one; fast commits carry its number.</summary>
    public uint EndSequence { get; private set; }

    /// <summary>Goes through the log.</summary>
    public static JournalRecovery Run(JournalLog log, CancellationToken cancellation)
    {
        JournalRecovery recovery = new(log, cancellation);
        recovery.EndSequence = recovery.Scan();
        recovery.Pass(isReplay: false);
        recovery.Pass(isReplay: true);
        return recovery;
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private void Rewind()
    {
        _next = _journal.Start;
        _sequence = _journal.Sequence;
        // Blocks of an unfinished transaction may be skipped over twice, more is a circle.
        _left = (2 * (_journal.End - _journal.First)) + 1;
    }

    /// <summary>Reads the next block of the log and steps over it.</summary>
    private ReadOnlySpan<byte> Take(out long block)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (--_left < 0)
            throw _device.Corrupt($"the log goes round without an end in transaction {_sequence}");
        block = _next;
        _next = _log.Advance(_next, 1);
        return _log.Read(block);
    }

    /// <summary>The type of a block of the log; null when it does not belong to the transaction that is expected.</summary>
    private JournalBlockType? TypeOf(ReadOnlySpan<byte> block) =>
        UInt32(block, 0) == JournalLog.Magic && UInt32(block, 8) == _sequence ? (JournalBlockType)UInt32(block, 4) : null;

    /// <summary>Finds the end of the log.</summary>
    /// <returns>The number of the first transaction that is not to be replayed.</returns>
    private uint Scan()
    {
        Rewind();
        uint? failed = null;
        bool isSuspect = false;
        ulong lastCommitTime = 0;
        uint transactionChecksum = uint.MaxValue;
        while (true)
        {
            ReadOnlySpan<byte> block = Take(out _);
            switch (TypeOf(block))
            {
                case JournalBlockType.Descriptor:
                    isSuspect |= !HasGoodTail(block);
                    block.CopyTo(_descriptor);
                    int count = CountTags();
                    if (_journal.HasTransactionChecksums && !isSuspect && failed is null)
                    {
                        transactionChecksum = Crc32BigEndian.Update(transactionChecksum, _descriptor);
                        for (int i = 0; i < count; i++)
                            transactionChecksum = Crc32BigEndian.Update(transactionChecksum, Take(out _));
                    }
                    else
                    {
                        _next = _log.Advance(_next, count);
                        _left -= count;
                    }
                    break;

                case JournalBlockType.Commit:
                    ulong commitTime = BinaryPrimitives.ReadUInt64BigEndian(block[CommitTimeOffset..]);
                    if (isSuspect)
                    {
                        // A bad block may be a leftover of an older log; the time of the commit tells.
                        if (commitTime >= lastCommitTime)
                            throw _device.Corrupt($"transaction {_sequence} of the journal has a block with a wrong checksum");
                        return failed ?? _sequence;
                    }
                    if (_journal.HasTransactionChecksums && failed is not null)
                        throw _device.Corrupt($"transaction {failed} of the journal has a wrong checksum, but another follows it");
                    if (IsGoodCommit(block, transactionChecksum))
                    {
                        transactionChecksum = uint.MaxValue;
                    }
                    else
                    {
                        if (commitTime < lastCommitTime)
                            return failed ?? _sequence;
                        if (!_journal.Has(JournalFeatures.AsyncCommit))
                            throw _device.Corrupt($"transaction {_sequence} of the journal has a wrong checksum");
                        failed = _sequence;
                    }
                    lastCommitTime = commitTime;
                    _sequence++;
                    break;

                case JournalBlockType.Revoke:
                    isSuspect |= !HasGoodTail(block);
                    break;

                default:
                    return failed ?? _sequence;
            }
        }
    }

    /// <summary>Goes through the complete transactions and collects revoke records or blocks.</summary>
    private void Pass(bool isReplay)
    {
        Rewind();
        // Transaction numbers wrap round, so they are compared by their difference.
        while ((int)(_sequence - EndSequence) < 0)
        {
            ReadOnlySpan<byte> block = Take(out _);
            switch (TypeOf(block))
            {
                case JournalBlockType.Descriptor:
                    if (!HasGoodTail(block))
                        throw _device.Corrupt($"a descriptor block in transaction {_sequence} of the journal has a wrong checksum");
                    block.CopyTo(_descriptor);
                    if (isReplay)
                    {
                        ReplayDescriptor();
                    }
                    else
                    {
                        int count = CountTags();
                        _next = _log.Advance(_next, count);
                        _left -= count;
                    }
                    break;

                case JournalBlockType.Commit:
                    _sequence++;
                    break;

                case JournalBlockType.Revoke:
                    if (!isReplay)
                        ReadRevokes(block);
                    break;

                default:
                    throw _device.Corrupt($"the journal ends in transaction {_sequence} instead of {EndSequence}");
            }
        }
    }

    private int TagRoom => _device.BlockSize - (_journal.HasBlockChecksums ? TailSize : 0);

    /// <summary>The entry at <paramref name="offset"/> of the descriptor block; null behind the last one.</summary>
    private JournalTag? TagAt(int offset) =>
        offset + _journal.TagSize <= TagRoom ? JournalTag.Parse(_journal, _descriptor.AsSpan(offset)) : null;

    private int CountTags()
    {
        int count = 0;
        for (int offset = HeaderSize; TagAt(offset) is JournalTag tag; offset += tag.Size)
        {
            count++;
            if ((tag.Flags & JournalTagFlags.Last) != 0)
                break;
        }
        return count;
    }

    private void ReplayDescriptor()
    {
        for (int offset = HeaderSize; TagAt(offset) is JournalTag tag; offset += tag.Size)
        {
            ReadOnlySpan<byte> data = Take(out long block);
            bool isRevoked = _revoked.TryGetValue(tag.Target, out uint revokedIn) && (int)(_sequence - revokedIn) <= 0;
            if (!isRevoked)
            {
                CheckData(tag, data);
                if (tag.Target < 0 || tag.Target >= _device.Source.Length / _device.BlockSize)
                {
                    throw _device.Corrupt(
                        $"the journal has a copy of block {tag.Target:N0}, outside the file system of {_device.Superblock.BlockCount:N0} blocks");
                }
                _blocks[tag.Target] = new JournaledBlock(_log.PhysicalOf(block), (tag.Flags & JournalTagFlags.Escaped) != 0);
            }
            if ((tag.Flags & JournalTagFlags.Last) != 0)
                break;
        }
    }

    private void ReadRevokes(ReadOnlySpan<byte> block)
    {
        uint used = UInt32(block, HeaderSize);
        if (used > TagRoom)
            throw _device.Corrupt($"a revoke block in transaction {_sequence} of the journal says {used:N0} bytes of {TagRoom:N0}");
        int size = _journal.Has(JournalFeatures.SixtyFourBit) ? 8 : 4;
        for (int offset = RevokeHeaderSize; offset + size <= used; offset += size)
        {
            long target = size == 8 ? BinaryPrimitives.ReadInt64BigEndian(block[offset..]) : UInt32(block, offset);
            if (!_revoked.TryGetValue(target, out uint earlier) || (int)(_sequence - earlier) > 0)
                _revoked[target] = _sequence;
        }
    }

    /// <summary>Checks the checksum at the end of a descriptor or revoke block.</summary>
    private bool HasGoodTail(ReadOnlySpan<byte> block)
    {
        if (!_journal.HasBlockChecksums)
            return true;
        int tail = block.Length - TailSize;
        return UInt32(block, tail) == Crc32C.UpdateSkipping(_journal.ChecksumSeed, block, tail, TailSize);
    }

    private bool IsGoodCommit(ReadOnlySpan<byte> block, uint transactionChecksum)
    {
        uint stored = UInt32(block, CommitChecksumOffset);
        if (_journal.HasTransactionChecksums)
        {
            byte type = block[HeaderSize], size = block[HeaderSize + 1];
            return (stored == transactionChecksum && type == 1 && size == 4) || (stored == 0 && type == 0 && size == 0);
        }
        if (!_journal.HasBlockChecksums)
            return true;
        if (stored == Crc32C.UpdateSkipping(_journal.ChecksumSeed, block, CommitChecksumOffset, 4))
            return true;
        // A commit block whose first sector alone reached the disk still counts: the rest was zeros.
        Span<byte> zeros = stackalloc byte[64];
        zeros.Clear();
        uint crc = Crc32C.UpdateSkipping(_journal.ChecksumSeed, block[..CommitHeaderSize], CommitChecksumOffset, 4);
        for (int i = CommitHeaderSize; i < block.Length; i += zeros.Length)
            crc = Crc32C.Update(crc, zeros);
        return stored == crc;
    }

    private void CheckData(JournalTag tag, ReadOnlySpan<byte> data)
    {
        if (!_journal.HasBlockChecksums)
            return;
        Span<byte> sequence = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(sequence, _sequence);
        uint computed = Crc32C.Update(Crc32C.Update(_journal.ChecksumSeed, sequence), data);
        if (!_journal.Has(JournalFeatures.ChecksumV3))
            computed &= 0xFFFF;
        if (computed != tag.Checksum)
            throw _device.BadChecksum($"block {tag.Target:N0} in transaction {_sequence} of the journal", tag.Checksum, computed);
    }
}
