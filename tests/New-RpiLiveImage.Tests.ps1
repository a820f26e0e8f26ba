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

    Context 'with -WhatIf' {
        It 'makes nothing' {
            New-RpiLiveImage $stock $live -WhatIf | Should -BeNullOrEmpty
            New-RpiLiveImage $stock "$folder/new/" -WhatIf | Should -BeNullOrEmpty
            [System.IO.File]::Exists($live) | Should -BeFalse
            [System.IO.Directory]::Exists("$folder/new") | Should -BeFalse
        }
    }

    Context 'with -ExpectedHash' {
        It 'takes nothing but a SHA-256' {
            $id = try { New-RpiLiveImage $stock $live -ExpectedHash 12 } catch { $_.FullyQualifiedErrorId }
            $id | Should -BeLike 'ParameterArgumentValidationError,*'
        }
    }

    Context 'completes' {
        It 'block sizes' {
            Get-Completion 'New-RpiLiveImage a b -BlockSize 1' | Should -Be @('16KB', '128KB', '1MB')
        }

        It 'root modes' {
            Get-Completion 'New-RpiLiveImage a b -RootMode M' | Should -Be 'Medium'
        }
    }

    Context 'with a stock image, named by RPILIVE_STOCK_IMAGE' {
        It 'makes a live image that Get-RpiLiveImage knows and Remove-Item removes' -Skip:(-not $env:RPILIVE_STOCK_IMAGE) {
            $image = New-RpiLiveImage -LiteralPath $env:RPILIVE_STOCK_IMAGE -DestinationPath $live -CompressionLevel 1 -WarningAction SilentlyContinue
            $image.Path | Should -Be $live
            $image.Length | Should -Be ([System.IO.FileInfo]::new($live).Length)
            $image.Flavours | Should -Not -BeNullOrEmpty
            $again = $image | Get-RpiLiveImage
            $again.RootSha256 | Should -Be $image.RootSha256
            $again.SourceSha256 | Should -Be $image.SourceSha256
            $image | Remove-Item
            [System.IO.File]::Exists($live) | Should -BeFalse
        }
    }
}
