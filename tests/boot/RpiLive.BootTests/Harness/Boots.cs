namespace RpiLive.BootTests.Harness;

/// <summary>
/// Boots that all tests of a class look at, since one takes minutes under emulation: run by whoever asks first, with the same outcome
/// for every test, also a failure.
/// </summary>
public abstract class Boots : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private readonly List<IAsyncDisposable> _guests = [];
    private readonly List<IDisposable> _cards = [];
    private Task? _run;

    internal async Task RunOnceAsync(CancellationToken cancel)
    {
        string image = LiveImage.PathOrSkip();
        await _once.WaitAsync(cancel);
        try
        {
            _run ??= RunAsync(image, cancel);
        }
        finally
        {
            _once.Release();
        }
        await _run;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable guest in _guests)
            await guest.DisposeAsync();
        foreach (IDisposable card in _cards)
            card.Dispose();
        _once.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Boots, and keeps what the tests look at.</summary>
    /// <param name="image">The live image.</param>
    /// <param name="cancel">Ends it.</param>
    private protected abstract Task RunAsync(string image, CancellationToken cancel);

    /// <summary>Switches a board on that lives as long as this object.</summary>
    private protected async Task<Guest> StartAsync(GuestOptions options, CancellationToken cancel)
    {
        Guest guest = await Guest.StartAsync(options, cancel);
        _guests.Add(guest);
        return guest;
    }

    /// <summary>Has a card deleted with this object, after the boards.</summary>
    private protected LiveCard Own(LiveCard card)
    {
        _cards.Add(card);
        return card;
    }
}
