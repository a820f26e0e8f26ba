BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'New-RpiLiveImage' {
    BeforeAll {
        $folder = "$TestDrive"
        $stock = New-GarbageFile $folder 'stock.img'
        $bracket = New-GarbageFile $folder 'a[1].img'
        $live = [System.IO.Path]::Combine($folder, 'live.img')
    }

    Context 'refuses' {
        It '<Id>: <Because>' -ForEach @(
            @{ Id = 'PathNotFound'; Because = 'the file does not exist'; Arguments = @{ Path = 'missing.img'; DestinationPath = 'x.img' } }
            @{ Id = 'PathNotFound'; Because = 'the pattern matches nothing'; Arguments = @{ Path = 'missing*.img'; DestinationPath = 'x.img' } }
            @{ Id = 'PathNotFound'; Because = 'a literal path has no wildcards'; Arguments = @{ LiteralPath = 's*.img'; DestinationPath = 'x.img' } }
            @{ Id = 'PathNotFileSystem'; Because = 'a variable is no image'; Arguments = @{ Path = 'env:PATH'; DestinationPath = 'x.img' } }
            @{ Id = 'PathNotFileSystem'; Because = 'an image is no variable'; Arguments = @{ Path = 'x.img'; DestinationPath = 'env:x' } }
            @{ Id = 'PathInvalid'; Because = 'there is no such drive'; Arguments = @{ Path = 'nodrive:/x'; DestinationPath = 'x.img' } }
            @{ Id = 'ScratchFolderMissing'; Because = 'the scratch folder does not exist'; Arguments = @{ Path = 'x'; DestinationPath = 'x.img'; ScratchPath = 'missing' } }
            @{ Id = 'CompressionLevelOutOfRange'; Because = 'gzip ends at 9'; Arguments = @{ Path = 'x'; DestinationPath = 'x.img'; Compression = 'Gzip'; CompressionLevel = 10 } }
            @{ Id = 'ParameterArgumentValidationError'; Because = 'zstd ends at 22'; Arguments = @{ Path = 'x'; DestinationPath = 'x.img'; CompressionLevel = 23 } }
            @{ Id = 'ParameterArgumentValidationError'; Because = '3000 is no power of two'; Arguments = @{ Path = 'x'; DestinationPath = 'x.img'; BlockSize = 3000 } }
            @{ Id = 'ParameterArgumentValidationError'; Because = '2MB is too large'; Arguments = @{ Path = 'x'; DestinationPath = 'x.img'; BlockSize = 2MB } }
            @{ Id = 'ParameterArgumentValidationError'; Because = 'threads are counted'; Arguments = @{ Path = 'x'; DestinationPath = 'x.img'; ThrottleLimit = -1 } }
        ) {
            $errors = @(Get-ScriptError { New-RpiLiveImage @Arguments })
            $errors | Should -HaveCount 1
            $errors[0].FullyQualifiedErrorId | Should -Be "$Id,RpiLive.Commands.NewRpiLiveImageCommand"
        }

        It 'an existing destination without -Force' {
            $errors = @(Get-ScriptError { New-RpiLiveImage $stock -DestinationPath $bracket })
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'DestinationExists,*'
            $errors[0].CategoryInfo.Category | Should -Be 'ResourceExists'
            $errors[0].TargetObject | Should -Be $bracket
            $errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*-Force*'
        }

        It 'the stock image as destination, even with -Force' {
            $errors = @(Get-ScriptError { New-RpiLiveImage $stock $stock -Force })
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'DestinationIsSource,*'
            [System.IO.FileInfo]::new($stock).Length | Should -Be 1MB
        }

        It 'several stock images for one file' {
            $errors = @(Get-ScriptError { New-RpiLiveImage $stock, $stock $live })
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'DestinationNotFolder,*'
        }

        It 'a file that is no image, and leaves nothing behind' {
            $errors = @(Get-ScriptError { New-RpiLiveImage $stock $live })
            $errors | Should -HaveCount 1
            $errors[0].TargetObject | Should -Be $stock
            $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            [System.IO.Directory]::GetFiles($folder, 'live*') | Should -BeNullOrEmpty
        }
    }

    Context 'with a packed file' {
        It 'refuses one that is cut short, and leaves nothing behind' {
            $packed = [System.IO.Path]::Combine($folder, 'packed')
            [System.IO.File]::WriteAllBytes($packed, [byte[]] (0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1))
            $errors = @(Get-ScriptError { New-RpiLiveImage $packed $live -ScratchPath $folder })
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'CorruptGzip,*'
            $errors[0].CategoryInfo.Category | Should -Be 'InvalidData'
            [System.IO.Directory]::GetFiles($folder, '*scratch*') | Should -BeNullOrEmpty
        }
    }

    Context 'makes a live image' {
        BeforeAll {
            $data = [System.IO.Path]::Combine($PSScriptRoot, 'data', 'stock.img.gz')
            $real = New-StockImage $folder 'real.img'
            $quick = @{ LiteralPath = $real; DestinationPath = $live; CompressionLevel = 1; Force = $true; WarningAction = 'SilentlyContinue' }
            $hash = [System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($real)))
        }

        It 'and tells what it is' {
            $image = New-RpiLiveImage @quick
            $image.PSTypeNames | Should -Contain 'RpiLive.RpiLiveImage'
            $image.Path | Should -Be $live
            $image.Name | Should -Be 'live.img'
            $image.Length | Should -Be ([System.IO.FileInfo]::new($live).Length)
            $image.PSPath | Should -Be "Microsoft.PowerShell.Core\FileSystem::$live"
            $image.SourceName | Should -Be 'real.img'
            $image.SourceSha256 | Should -Be $hash
            $image.Distribution | Should -Match '12 \(bookworm\)'
            $image.Architecture | Should -Be 'arm64'
            $image.Flavours[0].Kernel | Should -Be 'vmlinuz-6.1.0-50-arm64'
            $image.Models | Should -Contain 'Pi 4B'
            $image.Edits.Name | Should -Contain 'fstab'
            $image.Damage | Should -BeNullOrEmpty
        }

        It 'that Get-RpiLiveImage tells the same of' {
            $image = New-RpiLiveImage @quick
            $again = Get-RpiLiveImage -LiteralPath $live
            foreach ($property in $image.PSObject.Properties | Where-Object Name -NE 'Warnings') {
                "$($again.($property.Name))" | Should -Be "$($property.Value)" -Because "$($property.Name) is written in the image"
            }
        }

        It 'that is valid' {
            Test-RpiLiveImage -LiteralPath (New-RpiLiveImage @quick).Path -Quiet | Should -BeTrue
        }

        It 'and changes nothing of the stock image' {
            $before = Get-FileState $real
            $null = New-RpiLiveImage @quick
            Get-FileState $real | Should -Be $before
        }

        It 'with -<Name> <Value>' -ForEach @(
            @{ Name = 'RootMode'; Value = 'Auto'; Property = 'RootMode'; Expected = 'Auto' }
            @{ Name = 'RootMode'; Value = 'Ram'; Property = 'RootMode'; Expected = 'Ram' }
            @{ Name = 'RootMode'; Value = 'Medium'; Property = 'RootMode'; Expected = 'Medium' }
            @{ Name = 'OnLowMemory'; Value = 'Stop'; Property = 'OnLowMemory'; Expected = 'Stop' }
            @{ Name = 'OnLowMemory'; Value = 'Medium'; Property = 'OnLowMemory'; Expected = 'Medium' }
            @{ Name = 'UpperSize'; Value = '25%'; Property = 'UpperSize'; Expected = '25%' }
            @{ Name = 'UpperSize'; Value = '256MB'; Property = 'UpperSize'; Expected = '256MB' }
            @{ Name = 'UpperSize'; Value = 1GB; Property = 'UpperSize'; Expected = '1024MB' }
            @{ Name = 'Reserve'; Value = 300MB; Property = 'Reserve'; Expected = 300MB }
            @{ Name = 'Compression'; Value = 'Auto'; Property = 'Compression'; Expected = 'zstd' }
            @{ Name = 'Compression'; Value = 'Zstd'; Property = 'Compression'; Expected = 'zstd' }
            @{ Name = 'Compression'; Value = 'Gzip'; Property = 'Compression'; Expected = 'gzip' }
            @{ Name = 'BlockSize'; Value = 4KB; Property = 'BlockSize'; Expected = 4096 }
            @{ Name = 'BlockSize'; Value = 1MB; Property = 'BlockSize'; Expected = 1048576 }
        ) {
            $chosen = @{ $Name = $Value }
            $null = New-RpiLiveImage @quick @chosen
            (Get-RpiLiveImage -LiteralPath $live).$Property | Should -Be $Expected
        }

        It 'that is smaller with a greater -CompressionLevel' {
            $large = New-RpiLiveImage @quick
            (New-RpiLiveImage @quick -CompressionLevel 19).RootLength | Should -BeLessThan $large.RootLength
        }

        It 'that needs more RAM with a greater -Reserve' {
            (New-RpiLiveImage @quick -Reserve 400MB).RequiredMemory | Should -BeGreaterThan ((New-RpiLiveImage @quick -Reserve 300MB).RequiredMemory + 99MB)
        }

        It 'with as many threads as -ThrottleLimit says, which changes nothing of it' {
            $lengths = foreach ($threads in 1, 3, 0) {
                (New-RpiLiveImage @quick -ThrottleLimit $threads).RootLength
            }
            $lengths | Should -Be @($lengths[0], $lengths[0], $lengths[0])
        }

        It 'when -ExpectedHash is right, in any case' {
            (New-RpiLiveImage @quick -ExpectedHash $hash).SourceSha256 | Should -Be $hash
            (New-RpiLiveImage @quick -ExpectedHash $hash.ToLowerInvariant()).SourceSha256 | Should -Be $hash
            (New-RpiLiveImage @quick -ExpectedHash $hash -LiteralPath $data).SourceName | Should -Be 'stock.img.gz'
        }

        It 'but not when -ExpectedHash is wrong, and leaves nothing behind' {
            $out = [System.IO.Path]::Combine($folder, 'wrong')
            $null = [System.IO.Directory]::CreateDirectory($out)
            $errors = @(Get-ScriptError { New-RpiLiveImage @quick -DestinationPath $out -ExpectedHash ('0' * 64) })
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'HashMismatch,*'
            $errors[0].CategoryInfo.Category | Should -Be 'InvalidData'
            $errors[0].TargetObject | Should -Be $real
            [System.IO.Directory]::GetFileSystemEntries($out) | Should -BeNullOrEmpty
        }

        It 'in place of another with -Force' {
            [System.IO.File]::WriteAllText($live, 'old')
            (New-RpiLiveImage @quick).Length | Should -BeGreaterThan 3
        }

        It 'but not of a live image' {
            $null = New-RpiLiveImage @quick
            $errors = @(Get-ScriptError { New-RpiLiveImage $live ([System.IO.Path]::Combine($folder, 'twice.img')) })
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'AlreadyLive,*'
            $errors[0].CategoryInfo.Category | Should -Be 'InvalidOperation'
            $errors[0].TargetObject | Should -Be $live
        }

        It 'in a folder, named after the stock image' {
            $out = [System.IO.Path]::Combine($folder, 'new', 'folder')
            (New-RpiLiveImage @quick -DestinationPath "$out/").Path | Should -Be ([System.IO.Path]::Combine($out, 'real-live.img'))
            (New-RpiLiveImage @quick -DestinationPath $out).Path | Should -Be ([System.IO.Path]::Combine($out, 'real-live.img'))
        }

        It 'of a packed <_>' -ForEach 'stock.img.gz', 'stock.zip' {
            $packed = [System.IO.Path]::Combine($folder, $_)
            if ($_ -eq 'stock.zip') {
                $zip = [System.IO.Compression.ZipArchive]::new([System.IO.File]::Create($packed), [System.IO.Compression.ZipArchiveMode]::Create)
                $entry = $zip.CreateEntry('stock.img').Open()
                $entry.Write([System.IO.File]::ReadAllBytes($real))
                $entry.Dispose()
                $zip.Dispose()
            }
            else {
                [System.IO.File]::Copy($data, $packed)
            }
            $scratch = [System.IO.Path]::Combine($folder, 'scratch')
            $null = [System.IO.Directory]::CreateDirectory($scratch)
            $out = [System.IO.Path]::Combine($folder, 'from-packed')
            $image = New-RpiLiveImage $packed "$out/" -CompressionLevel 1 -ScratchPath $scratch -Force -WarningAction SilentlyContinue
            $image.Path | Should -Be ([System.IO.Path]::Combine($out, 'stock-live.img'))
            $image.SourceName | Should -Be $_
            [System.IO.Directory]::GetFileSystemEntries($scratch) | Should -BeNullOrEmpty
            $image | Test-RpiLiveImage -Quiet | Should -BeTrue
        }

        It 'with the program of -BusyBoxPath' {
            $errors = @(Get-ScriptError { New-RpiLiveImage @quick -BusyBoxPath $stock })
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'BusyBoxUnsuitable,*'
            $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
    }

    Context 'with several stock images' {
        BeforeAll {
            $one = New-StockImage $folder 'one.img'
            $two = New-StockImage $folder '[two].img'
            $out = [System.IO.Path]::Combine($folder, 'several')
            $oneLive = [System.IO.Path]::Combine($out, 'one-live.img')
            $twoLive = [System.IO.Path]::Combine($out, '[two]-live.img')
            $into = @{ DestinationPath = "$out/"; CompressionLevel = 1; Force = $true; WarningAction = 'SilentlyContinue' }
        }

        It 'gives an image for each: <Because>' -ForEach @(
            @{ Because = 'files'; Images = { [System.IO.FileInfo]::new($one), [System.IO.FileInfo]::new($two) | New-RpiLiveImage @into } }
            @{ Because = 'literal paths'; Images = { New-RpiLiveImage -LiteralPath $one, $two @into } }
            @{ Because = 'wildcards'; Images = { New-RpiLiveImage -Path ([System.IO.Path]::Combine($folder, 'on[e].img')), ([System.IO.Path]::Combine($folder, '*two*.img')) @into } }
            @{ Because = 'a string and an object'; Images = { $one, [pscustomobject] @{ PSPath = $two } | New-RpiLiveImage @into } }
            @{ Because = 'objects from another computer'; Images = { ConvertTo-Deserialized @([System.IO.FileInfo]::new($one), [System.IO.FileInfo]::new($two)) | ForEach-Object { $_ } | New-RpiLiveImage @into } }
            @{ Because = 'relative paths'; Images = { Invoke-At $folder { 'one.img' | New-RpiLiveImage @into; New-RpiLiveImage -LiteralPath '[two].img' @into } } }
        ) {
            (& $Images).Path | Should -Be @($oneLive, $twoLive)
        }

        It 'goes on after one that is no image' {
            $images = @($one, $stock, [pscustomobject] @{ LiteralPath = $two } | New-RpiLiveImage @into -ErrorAction SilentlyContinue -ErrorVariable failed)
            $images.Path | Should -Be @($oneLive, $twoLive)
            $failed.TargetObject | Should -Be $stock
        }

        It 'takes the hash of each from the pipeline' {
            $hash = [System.Convert]::ToHexString([System.Security.Cryptography.SHA256]::HashData([System.IO.File]::ReadAllBytes($one)))
            $images = @([pscustomobject] @{ Path = $one; ExpectedHash = $hash }, [pscustomobject] @{ LiteralPath = $two; ExpectedHash = '1' * 64 } |
                    New-RpiLiveImage @into -ErrorAction SilentlyContinue -ErrorVariable failed)
            $images.Path | Should -Be $oneLive
            $failed.FullyQualifiedErrorId | Should -BeLike 'HashMismatch,*'
            $failed.TargetObject | Should -Be $two
        }

        It 'refuses two of one name for one folder' {
            $other = [System.IO.Path]::Combine($folder, 'other')
            $null = [System.IO.Directory]::CreateDirectory($other)
            $same = New-StockImage $other 'one.img'
            $images = @($one, $same | New-RpiLiveImage @into -ErrorAction SilentlyContinue -ErrorVariable failed)
            $images.Path | Should -Be $oneLive
            $failed.FullyQualifiedErrorId | Should -BeLike 'DestinationUsedTwice,*'
        }
    }

    Context 'binds' {
        It 'strings and objects from the pipeline, one error each' {
            $errors = @(Get-ScriptError {
                    'missing1.img', [pscustomobject] @{ Path = 'missing2.img' }, [pscustomobject] @{ PSPath = 'missing[3].img' } |
                        New-RpiLiveImage -DestinationPath $live
                })
            $errors.TargetObject | Should -Be @('missing1.img', 'missing2.img', 'missing[3].img')
        }

        It 'brackets as themselves in -LiteralPath' {
            $errors = @(Get-ScriptError { New-RpiLiveImage -LiteralPath $bracket -DestinationPath $bracket -Force })
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'DestinationIsSource,*'
        }
    }

    Context 'with -ExpectedHash' {
        It 'takes nothing but a SHA-256' {
            $id = try { New-RpiLiveImage $stock $live -ExpectedHash 12 } catch { $_.FullyQualifiedErrorId }
            $id | Should -BeLike 'ParameterArgumentValidationError,*'
        }
    }

    Context 'with a stock image, named by RPILIVE_STOCK_IMAGE' {
        It 'makes a live image that Get-RpiLiveImage knows and Remove-Item removes' -Skip:(-not $env:RPILIVE_STOCK_IMAGE) {
            $named = [System.IO.Path]::Combine($folder, 'named.img')
            $image = New-RpiLiveImage -LiteralPath $env:RPILIVE_STOCK_IMAGE -DestinationPath $named -CompressionLevel 1 -WarningAction SilentlyContinue
            $image.Path | Should -Be $named
            $image.Length | Should -Be ([System.IO.FileInfo]::new($named).Length)
            $image.Flavours | Should -Not -BeNullOrEmpty
            $again = $image | Get-RpiLiveImage
            $again.RootSha256 | Should -Be $image.RootSha256
            $again.SourceSha256 | Should -Be $image.SourceSha256
            $image | Remove-Item
            [System.IO.File]::Exists($named) | Should -BeFalse
        }
    }
}
